"""Standard input and output as bytes: whether they are there, whole reads, and a reader who goes away."""

from __future__ import annotations

import errno
import os
import sys
from typing import BinaryIO

from pyselfie.cli.errors import FileError, UsageError, why


class ReaderGoneError(Exception):
    """Whoever read standard output has had enough: the end, and no mistake."""


def input_bytes() -> BinaryIO:
    """Return standard input.

    Raises
    ------
    UsageError
        When it is closed, or a terminal.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed: pipe a file into this command")
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal: pipe something into this command, or name a file")
    return sys.stdin.buffer


def output_bytes() -> BinaryIO:
    """Return standard output.

    Raises
    ------
    UsageError
        When it is closed, or a terminal.
    """
    if sys.stdout is None:
        raise UsageError("standard output is closed: pipe it into another command, or name a file with -o")
    if sys.stdout.isatty():
        raise UsageError("standard output is a terminal, which shows no pictures: pipe it into another command or file")
    return sys.stdout.buffer


def read_whole(stream: BinaryIO, into: memoryview) -> int:
    """Fill `into`, however small the pieces are that come; return how many bytes there were before the end.

    Raises
    ------
    FileError
        When the system refuses: one sentence.
    """
    filled = 0
    try:
        while filled < len(into) and (count := stream.readinto(into[filled:])):  # type: ignore[attr-defined]
            filled += count
    except OSError as error:
        raise FileError(f"standard input cannot be read: {why(error)}") from error
    return filled


def write_now(stream: BinaryIO, content: bytes | memoryview) -> None:
    """Write all of `content`, so that the reader has it.

    Raises
    ------
    ReaderGoneError
        When nobody reads any more.
    FileError
        When the system refuses for another reason: one sentence.
    """
    try:
        stream.write(content)
        stream.flush()
    except OSError as error:
        # else Python tries again at its end, and complains in its own words
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL):
            raise ReaderGoneError from error
        raise FileError(f"standard output cannot be written: {why(error)}") from error
