"""What the build tells the person who waits for it: one line per step, with times."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The command goes on in another process once .venv is there; the clock goes on with it.
_START = float(os.environ.setdefault("PYSELFIE_BUILD_STARTED", str(time.time())))


def say(text: str) -> None:
    """Print one line, stamped with the seconds since the command began."""
    print(f"[{time.time() - _START:6.1f} s] {text}", flush=True)


def complain(text: str) -> None:
    """Print one line to standard error."""
    print(f"build.py: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step, and say how long it took when it has ended well."""
    say(f"{text} ...")
    began = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - began:.1f} s")
