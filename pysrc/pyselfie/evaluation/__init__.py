"""What `pyselfie evaluate` and the quality lab share: names, scores, tables, pictures of errors, and no file."""
