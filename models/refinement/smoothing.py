"""The last mask steadies the new one, but only where nothing moves, and only while the scene is the same.

Each place compares its luma with a smoothed past of it. A past of -1, which no luma has, starts afresh: no place then
counts as still, and the last mask weighs exactly nothing.

A cut shows in the signed change over large cells: motion and noise cancel out inside a cell, another scene does not.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.refinement.writer import GraphWriter

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
STILL, MOVING = 0.005, 0.015  # mean change of luma, 0..1, up to which a place is still, and from which it moves
CELLS = 8  # cells across the picture
CELL_SAME, CELL_OTHER = 0.015, 0.035  # mean change of luma up to which a cell is the same, and from which it is not
SAME_SCENE, OTHER_SCENE = (
    0.1,
    4 / 30,
)  # share of other cells up to which the scene is the same, and from which it is not
FRESH = -1.0  # initial `last_luma`
LEAST = -0.5  # less than that no mask and no luma is, but for `FRESH`; nor is it greater where it is no number


class Motion(NamedTuple):
    """Names of the values that carry the smoothing from frame to frame."""

    last_mask: str = "last_mask"
    last_luma: str = "last_luma"
    next_luma: str = "next_luma"
    still: str = "still"
    smoothing: str = "smoothing"


NAMES = Motion()


def stillness(graph: GraphWriter, half: str) -> str:
    """Return how much the last mask weighs, [1,1,h/2,w/2] in 0..`smoothing`; `next_luma` is written besides.

    `half` is the picture. If a number of it is none, the next frame starts afresh.
    """
    luma = graph.mix(half, [LUMA], 2)
    change = graph.op("Sub", NAMES.last_luma, luma)
    gate = _fall(graph, graph.mean(graph.op("Abs", change), 3), STILL, MOVING)
    most = graph.op("Mul", NAMES.smoothing, same_scene(graph, change))
    still = graph.op("Mul", gate, most, out=NAMES.still)
    doubt = graph.op("Mul", graph.op("GlobalAveragePool", luma), graph.constant(0.0))
    past = graph.op("Add", luma, graph.op("Mul", change, still))
    _numbers(graph, graph.op("Add", past, doubt), FRESH, NAMES.next_luma)
    return still


def same_scene(graph: GraphWriter, change: str) -> str:
    """Return [1,1,1,1]: 1 while the scene goes on, 0 after a cut, by the change of luma, [1,1,h/2,w/2]."""
    height, cell_width = graph.height // 2, graph.width // 2 // CELLS
    rows = next(rows for rows in count(-(-height // cell_width)) if height % rows == 0)
    cell = [height // rows, cell_width]
    cells = graph.op("AveragePool", change, kernel_shape=cell, strides=cell)
    span = CELL_OTHER - CELL_SAME
    others = graph.ramp(graph.op("Abs", cells), 1 / span, -CELL_SAME / span)
    return _fall(graph, graph.op("GlobalAveragePool", others), SAME_SCENE, OTHER_SCENE)


def _fall(graph: GraphWriter, tensor: str, full: float, none: float) -> str:
    """Return 1 up to `full`, 0 from `none`, and straight between."""
    return graph.ramp(tensor, -1 / (none - full), none / (none - full))


def steady(graph: GraphWriter, alpha: str, still: str, out: str) -> str:
    """Return the opacity, [1,1,h,w], moved towards the last mask by its weight; 0 where it is no number."""
    difference = graph.op("Sub", NAMES.last_mask, alpha)
    mask = graph.op("Add", alpha, graph.op("Mul", difference, graph.repeat(still, 2)))
    return _numbers(graph, mask, 0.0, out)


def _numbers(graph: GraphWriter, tensor: str, instead: float, out: str) -> str:
    """Put `instead` where a tensor is not a number: a comparison with that is false on every processor."""
    there = graph.op("Greater", tensor, graph.constant(LEAST))
    return graph.op("Where", there, tensor, graph.constant(instead), out=out)
