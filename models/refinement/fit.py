"""Opacity as a linear function of colour, fitted in every window: alpha = a . rgb + b.

The four coefficients, three of `a` and then `b`, are the channels of [1,4,h/4,w/4].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.refinement.statistics import measure, measure_again

if TYPE_CHECKING:
    from models.refinement.statistics import Colours, Person
    from models.refinement.writer import GraphWriter

SURE = 0.1  # where the network's mean over `SURE_WINDOW` pixels is nearer than this to 0 or 1, colours are not asked
SURE_WINDOW = 8
STRETCH = (0.2, 0.8)  # of the fitted alpha, to 0..1


def fit_twice(graph: GraphWriter, picture: str, mask: str) -> tuple[str, Colours, Person]:
    """Fit colours to the mask, then to the sharpened answer.

    Returns the coefficients, and the statistics that the second fit was made of.
    """
    colours, person = measure(graph, picture, mask)
    first = fit(graph, colours, person)
    person = measure_again(graph, colours, apply(graph, graph.grow(first, 2), colours.half))
    return fit(graph, colours, person), colours, person


def fit(graph: GraphWriter, colours: Colours, person: Person) -> str:
    """Return the coefficients with the least squared error in each window, averaged over 3x3 windows."""
    along = graph.op("Sub", person.colours, graph.op("Mul", colours.mean, person.mean))
    rows = graph.op("Mul", colours.inverse, graph.channels(along, [0, 1, 2] * 3))
    slope = graph.mix(rows, np.kron(np.eye(3), np.ones(3)))
    offset = graph.op("Sub", person.mean, graph.total(graph.op("Mul", slope, colours.mean)))
    return graph.mean(graph.op("Concat", slope, offset, axis=1), 3)


def apply(graph: GraphWriter, coefficients: str, picture: str) -> str:
    """Return a . rgb + b for each pixel of a picture of the coefficients' size."""
    along = graph.total(graph.op("Mul", picture, graph.channels(coefficients, [0, 1, 2])))
    return graph.op("Add", along, graph.channels(coefficients, [3]))


def keep_sure_places(graph: GraphWriter, coefficients: str, mask: str, out: str) -> str:
    """Where the network is sure all around, let its answer stand: a pattern on a shirt must not print through."""
    doubt = graph.mean(mask, SURE_WINDOW, stride=4)
    inside, outside = graph.ramp(doubt, 1 / SURE, 1 - 1 / SURE), graph.ramp(doubt, -1 / SURE, 1.0)
    unsure = graph.op("Sub", graph.constant(1.0), graph.op("Add", inside, outside))
    solid = graph.op("Mul", inside, graph.constant(np.reshape([0, 0, 0, 1], (1, 4, 1, 1))))
    return graph.op("Add", graph.op("Mul", coefficients, unsure), solid, out=out)


def opacity(graph: GraphWriter, coefficients: str, picture: str) -> str:
    """Return the opacity, [1,1,h,w] in 0..1, of the picture's pixels."""
    low, high = STRETCH
    alpha = apply(graph, graph.grow(coefficients, 4), picture)
    return graph.ramp(alpha, 1 / (high - low), -low / (high - low))
