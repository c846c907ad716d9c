"""What comes of Python: wheels, and the archives that a browser fetches."""
