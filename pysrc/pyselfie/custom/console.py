"""What an effect prints: collected, and given out in small lots, however much it is."""

from __future__ import annotations

import builtins
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LINES = 200
"""Kept between two lots; the oldest of more are dropped."""
LONGEST_LINE = 500
EVERY_S = 0.25
"""Between two lots."""


class Lot(NamedTuple):
    """Some output.

    Attributes
    ----------
    dropped
        How many lines before these are lost.
    lines
        The newest, in their order.
    """

    dropped: int
    lines: list[str]


class Console:
    """Takes what effects print, any amount of it, in bounded memory.

    Parameters
    ----------
    clock
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._dropped = 0
        self._begun = ""  # a line without its end
        self._next = 0.0

    def print(self, *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, **more: Any) -> None:
        """Take what Python's `print` would write; with a `file` of the caller's own it is that which gets it."""
        if file is not None:
            builtins.print(*values, sep=sep, end=end, file=file, **more)
            return
        text = (" " if sep is None else sep).join(str(value) for value in values) + ("\n" if end is None else end)
        self.write(text)

    def write(self, text: str) -> None:
        """Take text; what follows the last end of a line waits for its own."""
        *ended, begun = text.split("\n")
        for line in ended:
            self._add(self._begun + line[: LONGEST_LINE + 1])
            self._begun = ""
        self._begun += begun[: LONGEST_LINE + 1]
        if len(self._begun) > LONGEST_LINE:
            self._add(self._begun)
            self._begun = ""

    def _add(self, line: str) -> None:
        self._dropped += len(self._lines) == MOST_LINES
        self._lines.append(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…")

    def take(self) -> Lot | None:
        """Return what has come since the last lot; None if there is nothing, or the last one was too lately."""
        now = self._clock()
        if now < self._next or not self._lines:
            return None
        self._next = now + EVERY_S
        lot = Lot(self._dropped, list(self._lines))
        self.clear()
        return lot

    @property
    def wait_s(self) -> float | None:
        """How long what has not been taken has to wait for its lot; None if there is nothing."""
        return max(0.0, self._next - self._clock()) if self._lines else None

    def clear(self) -> None:
        """Forget what has not been taken."""
        self._lines.clear()
        self._dropped = 0
