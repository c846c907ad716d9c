"""How good the masks are, beside other recipes on the same networks: ``python3 build.py bench --quality``."""
