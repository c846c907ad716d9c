"""The command line: ``pyselfie photo.jpg -o out.png --effect blur``; see ``pyselfie --help``."""

from pyselfie.cli.main import main

__all__ = ["main"]
