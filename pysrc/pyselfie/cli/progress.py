"""A line on the terminal that says how far it is, how fast, and how long it still takes."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_S = 0.1
_BAR = 24


class Progress:
    """One line, drawn over and over; silent where nobody looks.

    Parameters
    ----------
    files
        How many there are.
    quiet
        Draw nothing.
    stream
        Where to draw; only a terminal is drawn on.
    now
        Returns seconds.
    check
        Called with every step: the place where work may be stopped.
    """

    def __init__(
        self,
        files: int,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._check = check
        self._stream = stream or sys.stderr
        self._shown = not quiet and self._stream.isatty()
        self._files, self._file = files, 0
        self._now = now
        self._begin = self._drawn = now()
        self._name, self._total, self._count = "", 0, 0

    def start(self, name: str, pictures: int) -> None:
        """Begin a file of so many pictures (0 if nobody knows); a single one counts by files."""
        self._check()
        self._file += 1
        self._name, self._total, self._count = name, pictures, 0
        if pictures != 1:
            self._begin = self._now()
        self._draw()

    def advance(self) -> None:
        """Count one picture."""
        self._check()
        self._count += 1
        if self._now() - self._drawn >= _INTERVAL_S:
            self._draw()

    def _draw(self) -> None:
        if self._shown:
            self._drawn = self._now()
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{self.line()[:width]:<{width}}")
            self._stream.flush()

    def line(self) -> str:
        """Return the line: files, bar, rate, time left, name."""
        if self._total == 1:
            done, total, unit = self._file - 1, self._files, "files"
        else:
            done, total, unit = self._count, self._total, "frames"
        passed = self._now() - self._begin
        rate = done / passed if passed > 0 else 0.0
        parts = [f"{self._file}/{self._files}"] if unit == "frames" and self._files > 1 else []
        if total:
            filled = min(_BAR, round(_BAR * done / total))
            parts.append(f"[{'#' * filled}{'.' * (_BAR - filled)}]")
        parts.append(f"{done}{f'/{total}' if total else ''} {unit}")
        if rate:
            parts.append(f"{rate:.1f}/s")
        if rate and total:
            parts.append(f"{_clock((total - done) / rate)} left")
        return "  ".join([*parts, self._name])

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._shown:
            self._stream.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
