"""What was measured: for people as a table, for programs as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from pyselfie import __version__
from pyselfie.metrics import PictureScore

if TYPE_CHECKING:
    from pyselfie.metrics import ClipScore

WORST = 10
COLUMNS = {
    "iou": ("IoU", 1, 4),
    "boundary_f": ("boundary F", 1, 3),
    "holes": ("holes x1e3", 1e3, 2),
    "leak": ("leak x1e3", 1e3, 2),
    "mad": ("MAD x1e3", 1e3, 2),
}
CLIP = {
    "dtssd": ("dtSSD x1e2", 1e2, 3),
    "moving_error": ("moving x1e3", 1e3, 1),
    "calm_change": ("calm x1e3", 1e3, 2),
    "flicker": ("flicker x1e3", 1e3, 3),
}
"""Of each measure: its heading, what it is multiplied by to be read, and its decimals."""


class Row(NamedTuple):
    """One picture's name and score."""

    name: str
    score: PictureScore


@dataclass
class Evaluation:
    """Everything that was measured.

    Attributes
    ----------
    settings
        What was measured and how: paths, model, edges, smoothing.
    frames
        How many pictures, or frames of a clip, were measured.
    rows
        Their scores; none for a clip without truth.
    clip
        A clip's own score; None for single pictures.
    problems
        A sentence for each thing that could not be measured.
    interrupted
        It was stopped by Ctrl-C.
    """

    settings: dict[str, Any]
    frames: int = 0
    rows: list[Row] = field(default_factory=list)
    clip: ClipScore | None = None
    problems: list[str] = field(default_factory=list)
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """0: all is measured; 1: something could not be; 130: stopped."""
        return 130 if self.interrupted else int(bool(self.problems))

    @property
    def mean(self) -> PictureScore | None:
        """The means over the pictures."""
        if not self.rows:
            return None
        return PictureScore(*map(fmean, zip(*(row.score for row in self.rows), strict=True)))

    @property
    def worst(self) -> list[Row]:
        """The worst first: by IoU, and where that is the same by MAD."""
        return sorted(self.rows, key=badness)[:WORST]

    def as_json(self) -> str:
        """Return everything as JSON, each number in its natural unit."""
        clip = None if self.clip is None else {name: getattr(self.clip, name) for name in CLIP}
        return json.dumps(
            {
                "pyselfie": __version__,
                **self.settings,
                "frames": self.frames,
                "mean": self.mean and self.mean._asdict(),
                "clip": clip,
                "worst": [row.name for row in self.worst],
                "rows": [{"name": row.name, **row.score._asdict()} for row in self.rows],
                "problems": self.problems,
                "interrupted": self.interrupted,
            },
            indent=2,
        )

    def as_csv(self) -> str:
        """Return a line for each picture, each number in its natural unit; lines end as RFC 4180 has them."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["name", *PictureScore._fields])
        writer.writerows([row.name, *row.score] for row in self.rows)
        return text.getvalue()

    def as_table(self) -> str:
        """Return the means, and the worst pictures."""
        lines = [self._head()]
        if self.clip is not None:
            found = [(title, getattr(self.clip, name), by, digits) for name, (title, by, digits) in CLIP.items()]
            clip = ", ".join(f"{title} {n * by:.{digits}f}" for title, n, by, digits in found if n is not None)
            lines += [clip] if clip else []
        if self.mean is None:
            return "\n".join(lines)
        wide = max(len("mean"), *(len(row.name) for row in self.worst))
        lines += ["", " " * wide + "".join(f"{title:>12}" for title, _, _ in COLUMNS.values())]
        lines += [_line("mean", self.mean, wide), "", f"the worst {len(self.worst)} of {len(self.rows)}, by IoU:"]
        lines += [_line(row.name, row.score, wide) for row in self.worst]
        return "\n".join(lines)

    def _head(self) -> str:
        kind = ("frame" if self.clip is not None else "picture") + ("s" if self.frames != 1 else "")
        return f"{self.frames} {kind}, {self.made_by}"

    @property
    def made_by(self) -> str:
        """What has made the masks."""
        what = self.settings
        how = f"masks of {what['masks']}" if what["masks"] else f"{what['model']} model, {what['edges']} edges"
        return how + (f", smoothing {what['smoothing']:g}" if what["smoothing"] else "")


def badness(row: Row) -> tuple[float, float]:
    """Return what the worst have least of."""
    return row.score.iou, -row.score.mad


def _line(name: str, score: PictureScore, wide: int) -> str:
    cells = [f"{getattr(score, field) * by:>12.{digits}f}" for field, (_, by, digits) in COLUMNS.items()]
    return f"{name:<{wide}}{''.join(cells)}"
