"""The server of dist/, and what it says with each file."""
