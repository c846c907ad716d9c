"""Two settings measured on the same pictures: one table with both and their difference, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from pyselfie.evaluation.results import CLIP, COLUMNS, Evaluation, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyselfie.metrics import ClipScore, PictureScore

NAME, SIDES = "name", ("a", "b", "difference")
LARGER_IS_BETTER = {"iou", "boundary_f"}
WORST_FIRST = "iou a"
_MINUS = "\N{MINUS SIGN}"


class Setting(NamedTuple):
    """What makes masks."""

    model: str
    edges: str
    smoothing: float = 0.0


class Cell(TypedDict):
    """A number for people, and for the difference whether B is ``"better"``, ``"worse"`` or ``""``."""

    text: str
    tone: str


class Line(TypedDict):
    """A name and its cells: of each measure A, B and B - A."""

    name: str
    cells: list[Cell]


class Comparison:
    """The scores of pictures, or of a clip's frames, with setting A and with setting B.

    Attributes
    ----------
    evaluations
        Of A and B.
    """

    def __init__(self, settings: Sequence[Setting]) -> None:
        self.evaluations = [Evaluation({"masks": None, **setting._asdict()}) for setting in settings]

    def add(self, name: str, scores: Sequence[PictureScore | None]) -> None:
        """Take a picture's scores; those of a frame without truth are None."""
        for evaluation, score in zip(self.evaluations, scores, strict=True):
            evaluation.frames += 1
            if score is not None:
                evaluation.rows.append(Row(name, score))

    def set_clip(self, scores: Sequence[ClipScore]) -> None:
        """Take the clip's own scores."""
        for evaluation, score in zip(self.evaluations, scores, strict=True):
            evaluation.clip = score

    def as_csv(self, side: int) -> str:
        """Return the table of A (0) or of B (1) as `pyselfie evaluate --csv` writes it."""
        return self.evaluations[side].as_csv()

    def table(self, order: str = WORST_FIRST, *, descending: bool = False) -> dict[str, Any]:
        """Return all that the page shows, ready to be JSON.

        Parameters
        ----------
        order
            ``"name"``, or a measure and a side: ``"iou difference"``.
        descending
            The largest first.
        """
        first, second = self.evaluations
        lines = list(zip(first.rows, second.rows, strict=True))
        if order != NAME:
            measure, side = order.split(" ")
            place = SIDES.index(side)
            lines.sort(key=lambda line: _three(line[0].score, line[1].score, measure)[place])
        if descending:
            lines.reverse()
        return {
            "settings": [evaluation.made_by for evaluation in self.evaluations],
            "measures": [
                {"key": key, "title": title, "better": "larger" if key in LARGER_IS_BETTER else "smaller"}
                for key, (title, _, _) in COLUMNS.items()
            ],
            "order": order,
            "descending": descending,
            "frames": first.frames,
            "mean": _line("mean", first.mean, second.mean) if first.mean and second.mean else None,
            "rows": [_line(one.name, one.score, other.score) for one, other in lines],
            "clip": self._clip(),
        }

    def _clip(self) -> list[Line]:
        """Return a line for each measure of time that was found, with A, B and their difference."""
        first, second = (evaluation.clip for evaluation in self.evaluations)
        found = []
        for key, (title, by, digits) in CLIP.items():
            one, other = getattr(first, key, None), getattr(second, key, None)
            if one is not None and other is not None:
                found.append(
                    Line(name=title, cells=_cells((one, other, other - one), by, digits, is_larger_better=False))
                )
        return found


def _line(name: str, one: PictureScore, other: PictureScore) -> Line:
    cells: list[Cell] = []
    for key, (_, by, digits) in COLUMNS.items():
        cells += _cells(_three(one, other, key), by, digits, is_larger_better=key in LARGER_IS_BETTER)
    return Line(name=name, cells=cells)


def _three(one: PictureScore, other: PictureScore, key: str) -> tuple[float, float, float]:
    a, b = getattr(one, key), getattr(other, key)
    return a, b, b - a


def _cells(numbers: tuple[float, float, float], by: float, digits: int, *, is_larger_better: bool) -> list[Cell]:
    *sides, difference = (f"{number * by:.{digits}f}" for number in numbers)
    change = float(difference)
    tone = "" if change == 0 else "better" if (change > 0) == is_larger_better else "worse"
    signed = f"{change:+.{digits}f}".replace("-", _MINUS) if change else f"{0:.{digits}f}"
    return [*(Cell(text=text, tone="") for text in sides), Cell(text=signed, tone=tone)]
