"""What colours and mask have in common in a window around each place: means, and the inverse of the colours' spread.

All of it is computed on half the model's size and kept on a quarter of it, which scores as well as the model's size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from models.refinement.writer import GraphWriter

WINDOW = 6  # pixels of half the model's size
NOISE = 3e-4  # variance that every colour is taken to have: keeps flat windows from inventing a slope
SHARPEN = 5.0  # the mask is stretched about 1/2 before each fit: the network's soft band is doubt, not hair
# The entries of a symmetric 3x3 matrix: rr rg rb gg gb bb. The adjugate is first * second - third * fourth of them.
ROWS, COLUMNS = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)
ADJUGATE = ((3, 2, 1, 0, 1, 0), (5, 4, 4, 5, 2, 3), (4, 1, 2, 2, 0, 1), (4, 5, 3, 2, 4, 1))
FULL = (0, 1, 2, 1, 3, 4, 2, 4, 5)


class Colours(NamedTuple):
    """Of one frame: `half` [1,3,h/2,w/2], the picture; `mean` [1,3,h/4,w/4]; `inverse` [1,9,h/4,w/4], of the spread."""

    half: str
    mean: str
    inverse: str


class Person(NamedTuple):
    """Window means of one mask, [1,1,h/4,w/4], and of mask times colours, [1,3,h/4,w/4]."""

    mean: str
    colours: str


def sharpen(graph: GraphWriter, mask: str) -> str:
    """Stretch a mask about 1/2, within 0..1."""
    return graph.ramp(mask, SHARPEN, 0.5 - 0.5 * SHARPEN)


def window_mean(graph: GraphWriter, tensor: str) -> str:
    """Average windows of a tensor on half the model's size; the result is on a quarter of it."""
    return graph.mean(tensor, WINDOW, stride=2)


def measure(graph: GraphWriter, picture: str, mask: str) -> tuple[Colours, Person]:
    """Return the statistics of a frame, [1,3,h,w] in 0..1, and of the network's mask of it, [1,1,h,w]."""
    half = graph.halve(picture)
    mean = window_mean(graph, half)
    person = graph.halve(sharpen(graph, mask))
    return Colours(half, mean, _inverse_spread(graph, half, mean)), _person(graph, half, person)


def measure_again(graph: GraphWriter, colours: Colours, alpha: str) -> Person:
    """Return the statistics of another mask of the same frame, [1,1,h/2,w/2]."""
    return _person(graph, colours.half, sharpen(graph, alpha))


def _person(graph: GraphWriter, half: str, person: str) -> Person:
    return Person(window_mean(graph, person), window_mean(graph, graph.op("Mul", half, person)))


def _products(graph: GraphWriter, colours: str) -> str:
    """Return the products of all pairs of colours as six channels."""
    return graph.op("Mul", graph.channels(colours, ROWS), graph.channels(colours, COLUMNS))


def _inverse_spread(graph: GraphWriter, half: str, mean: str) -> str:
    """Return the inverse of the colours' covariance, by adjugate and determinant, as nine channels."""
    spread = graph.op("Sub", window_mean(graph, _products(graph, half)), _products(graph, mean))
    spread = graph.op("Add", spread, graph.constant(np.reshape([NOISE, 0, 0, NOISE, 0, NOISE], (1, 6, 1, 1))))
    first, second, third, fourth = (graph.channels(spread, entries) for entries in ADJUGATE)
    adjugate = graph.op("Sub", graph.op("Mul", first, second), graph.op("Mul", third, fourth))
    row, cofactors = graph.channels(spread, [0, 1, 2]), graph.channels(adjugate, [0, 1, 2])
    determinant = graph.total(graph.op("Mul", row, cofactors), 4)
    return graph.op("Div", graph.channels(adjugate, FULL), determinant)
