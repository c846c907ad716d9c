"""The last mask steadies the new one, but only where nothing moves.

Each place compares its luma with a smoothed past of it. A past of -1, which no luma has, starts afresh: no place then
counts as still, and the last mask weighs exactly nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.refinement.writer import GraphWriter

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
STILL, MOVING = 0.005, 0.015  # mean change of luma, 0..1, up to which a place is still, and from which it moves
FRESH = -1.0  # initial `last_luma`


class Motion(NamedTuple):
    """Names of the values that carry the smoothing from frame to frame."""

    last_mask: str = "last_mask"
    last_luma: str = "last_luma"
    next_luma: str = "next_luma"
    still: str = "still"
    smoothing: str = "smoothing"


NAMES = Motion()


def stillness(graph: GraphWriter, half: str) -> str:
    """Return how much the last mask weighs, [1,1,h/2,w/2] in 0..`smoothing`; `next_luma` is written besides."""
    luma = graph.mix(half, [LUMA])
    change = graph.op("Sub", NAMES.last_luma, luma)
    span = MOVING - STILL
    gate = graph.ramp(graph.mean(graph.op("Abs", change), 3), -1 / span, MOVING / span)
    still = graph.op("Mul", gate, NAMES.smoothing, out=NAMES.still)
    graph.op("Add", luma, graph.op("Mul", change, still), out=NAMES.next_luma)
    return still


def steady(graph: GraphWriter, alpha: str, still: str, out: str) -> str:
    """Return the opacity, [1,1,h,w], moved towards the last mask by its weight."""
    difference = graph.op("Sub", NAMES.last_mask, alpha)
    return graph.op("Add", alpha, graph.op("Mul", difference, graph.repeat(still, 2)), out=out)
