"""The options that say who does the work on many files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyselfie.cli.live.arguments import is_live

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.arguments import Parser

_MOST_WORKERS = 60 if sys.platform == "win32" else 256  # Windows waits for 63 things at a time


def add_batch(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument("--workers", metavar="N", help="do so many files at a time, each in a process")
    parser.add_argument("--dask", metavar="ADDRESS", help="have a Dask cluster do it, whose scheduler is at tcp://...")


def check_batch(options: argparse.Namespace) -> None:
    """Read the options' values, and refuse what does not go together.

    Raises
    ------
    ValueError
        One sentence.
    """
    named = [flag for flag in ("workers", "dask") if getattr(options, flag) is not None]
    if named and is_live(options):
        raise ValueError(f"--{named[0]} is for files, not for --webcam, --pipe or -")
    if len(named) > 1:
        raise ValueError("--workers and --dask do not go together: the cluster has workers of its own")
    if options.workers is not None:
        options.workers = _count(options.workers)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_WORKERS):
        raise ValueError(f"--workers is {text!r}, but it has to be a whole number from 1 to {_MOST_WORKERS}")
    return int(text)
