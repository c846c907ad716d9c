"""What the command says: sentences on standard error, what was asked for on standard output; either may be gone."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from pyselfie.cli.errors import why


def secure_streams() -> None:
    """Open the standard streams that the caller has closed, or the first files would be opened in their place.

    FFmpeg and OpenCV write their warnings to file 2, whatever that is.
    """
    if sys.stdin is not None and sys.stdout is not None and sys.stderr is not None:
        return
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(descriptor)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115, as long as the process


def complain(sentence: str) -> None:
    """Print a sentence on standard error, if anybody is there."""
    with suppress(OSError):
        print(f"pyselfie: {sentence}", file=sys.stderr, flush=True)


def deliver(text: str = "") -> bool:
    """Print `text`, and what was printed before, on standard output; return whether it got there.

    If not, that is told, and nothing more is tried.
    """
    try:
        if text and sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if text:  # a file's name need not be text that the terminal can show
            encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
            text = text.encode(encoding, "backslashreplace").decode(encoding)
        print(text, end="\n" if text else "", flush=True)
    except OSError as error:
        complain(f"standard output cannot be written: {why(error)}")
        if sys.stdout is not None:  # else Python tries again at its end, and complains in its own words
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
