"""Side-by-side measurements against peers, all in one browser and one run: ``python3 build.py bench``."""
