"""What became of each file, for people, for programs and for the exit code."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass, field

from pyselfie import __version__

_STATUSES = ("done", "skipped", "incomplete", "failed")


@dataclass
class Result:
    """What became of one file.

    Attributes
    ----------
    input, output
        The paths.
    status
        ``"done"``, ``"skipped"`` (done before), ``"incomplete"`` (of a damaged input what could be read is written), or
        ``"failed"``.
    pictures
        How many were processed.
    seconds
        How long it took.
    error
        One sentence, empty unless incomplete or failed.
    """

    input: str
    output: str
    status: str
    pictures: int = 0
    seconds: float = 0.0
    error: str = ""


@dataclass
class Summary:
    """What became of all files."""

    model: str
    effect: str
    seconds: float = 0.0
    interrupted: bool = False
    files: list[Result] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: all is done; 1: some files failed; 130: stopped."""
        if self.interrupted:
            return 130
        return int(any(result.status in {"failed", "incomplete"} for result in self.files))

    def as_json(self) -> str:
        """Return everything as JSON."""
        counts = Counter(result.status for result in self.files)
        numbers = {status: counts[status] for status in _STATUSES}
        return json.dumps({"pyselfie": __version__, **numbers, **dataclasses.asdict(self)}, indent=2)

    def in_words(self) -> str:
        """Return one line: how many files were done, skipped, incomplete, failed, and in what time."""
        counts = Counter(result.status for result in self.files)
        words = [f"{counts[status]} {status}" for status in _STATUSES if counts[status]]
        pictures = sum(result.pictures for result in self.files)
        more = f", {pictures} pictures" if pictures > counts["done"] else ""
        stopped = " (stopped)" if self.interrupted else ""
        again = "; --overwrite does skipped files again" if counts["skipped"] else ""
        return f"{', '.join(words) or 'nothing done'} in {self.seconds:.1f} s{more}{stopped}{again}"
