"""The quality lab's side in the worker: pictures and masks in, tables and views out."""
