"""Ending a user's code that does not return: by a signal that counts while such code runs, and at no other time."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyselfie.custom.errors import CustomEffectError, place_in

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_S = 2.0
"""A signal that comes earlier was meant for a run before this one."""


class EffectStopped(BaseException):
    """Raised within a user's code to end it; no `Exception`, which that code may well catch.

    Attributes
    ----------
    seconds : float
        How long the code has run.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"after {seconds:.0f} s")
        self.seconds = seconds


FROM_OUTSIDE = (KeyboardInterrupt, EffectStopped)
"""What ends a user's code and is no doing of its own; all else that it raises becomes a sentence."""


class StoppedEffectError(CustomEffectError):
    """A user's effect was ended from outside: it is not to run again."""


def stopped(name: str, why: str, error: EffectStopped | None = None, file: str = "") -> StoppedEffectError:
    """Return what the user is told of code that was ended.

    Parameters
    ----------
    name
        Of the code.
    why
        What it did, as `no_return` says it, or what ended it.
    error
        By which it was ended, if it was from within; it knows the line.
    file
        The name that the text was compiled with.
    """
    line = None if error is None else place_in(error, file)
    return StoppedEffectError(f"{name} {why}{'' if line is None else f', line {line}'}", line)


def no_return(seconds: float) -> str:
    """Return what code did that had to be ended after so many seconds."""
    return f"did not return within {int(seconds)} s and was stopped"


class _Run:
    begun: float | None = None


@contextmanager
def stoppable() -> Iterator[None]:
    """While this is open, the signal that `listen` listens for ends what runs, by `EffectStopped`."""
    _Run.begun = time.monotonic()
    try:
        yield
    finally:
        _Run.begun = None


def listen() -> None:
    """Let SIGINT end a user's code, and nothing else: in a page's worker it comes from the page."""
    signal.signal(signal.SIGINT, _stop)


def _stop(*_: object) -> None:
    if _Run.begun is not None and (seconds := time.monotonic() - _Run.begun) >= LEAST_S:
        raise EffectStopped(seconds)
