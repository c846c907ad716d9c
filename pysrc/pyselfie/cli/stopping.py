"""Ctrl-C, SIGTERM and a terminal that goes away: the work ends at a place where nothing is half done."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stop:
    """Whether the user has asked to stop."""

    def __init__(self) -> None:
        self._requested = False

    def request(self, *_signal: Any) -> None:
        """Stop now; as a signal handler. Once: a second signal must not stop the tidying up."""
        if not self._requested:
            self._requested = True
            raise KeyboardInterrupt

    def check(self) -> None:
        """Stop if that was asked for and the exception has got lost: code in C may swallow what a handler raises.

        Raises
        ------
        KeyboardInterrupt
            If so.
        """
        if self._requested:
            raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Let SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, and remember it."""
    stop = Stop()
    known = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for number in known if signal.getsignal(number) != signal.SIG_IGN]  # as nohup and & ask for
    try:
        before = [signal.signal(number, stop.request) for number in numbers]
    except ValueError:  # not the main thread: whoever called has the say
        yield stop
        return
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
