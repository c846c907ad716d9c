"""The options that say who does the work on many files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.cli.live.arguments import is_live

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.arguments import Parser

_MOST_WORKERS = 256


def add_batch(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument("--workers", metavar="N", help="do so many files at a time, each in a process")


def check_batch(options: argparse.Namespace) -> None:
    """Read the options' values, and refuse what does not go together.

    Raises
    ------
    ValueError
        One sentence.
    """
    if options.workers is not None:
        if is_live(options):
            raise ValueError("--workers is for files, not for --webcam, --pipe or -")
        options.workers = _count(options.workers)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_WORKERS):
        raise ValueError(f"--workers is {text!r}, but it has to be a whole number from 1 to {_MOST_WORKERS}")
    return int(text)
