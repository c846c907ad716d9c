"""``build.py soak``: hours of use in one page, and what has grown meanwhile."""
