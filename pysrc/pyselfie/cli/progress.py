"""How far it is, how fast, and how long it still takes: bars on the terminal, drawn by tqdm."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from pyselfie.cli.console import complain
from pyselfie.extras import require

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress:
    """A bar for many files and a bar for a file of many pictures; silent where nobody looks.

    Parameters
    ----------
    files
        How many there are.
    quiet
        Draw nothing.
    stream
        Where to draw; only a terminal is drawn on.
    check
        Called with every step: the place where work may be stopped.
    """

    def __init__(
        self, files: int, *, quiet: bool = False, stream: TextIO | None = None, check: Callable[[], None] = lambda: None
    ) -> None:
        self._tqdm = require("tqdm", "cli", "the progress bar").tqdm
        self._stream = stream or sys.stderr
        self._hidden = quiet or not self._stream.isatty()
        self._check = check
        self._files = self._bar(files, "files", hidden=files == 1)
        self._pictures = self._bar(0, "pictures", hidden=True)

    def _bar(self, total: int, unit: str, *, hidden: bool = False, name: str = "") -> Any:
        return self._tqdm(
            total=total or None,
            unit=f" {unit}",
            desc=name,
            file=self._stream,
            disable=self._hidden or hidden,
            leave=False,
            dynamic_ncols=True,
        )

    def start(self, name: str, pictures: int) -> None:
        """Begin a file of so many pictures, 0 if nobody knows; a single one counts by files."""
        self._check()
        self._pictures = self._bar(pictures, "pictures", hidden=pictures == 1, name=name)

    def advance(self) -> None:
        """Count one picture."""
        self._check()
        self._pictures.update()

    def end(self) -> None:
        """Count a file: it is done, or given up."""
        self._pictures.close()
        self._files.update()

    def say(self, sentence: str) -> None:
        """Print a line; the bars make room."""
        with self._tqdm.external_write_mode(file=self._stream):
            complain(sentence)

    def close(self) -> None:
        """Take the bars away."""
        self._pictures.close()
        self._files.close()
