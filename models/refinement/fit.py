"""Opacity as a linear function of colour, fitted in every window: alpha = a . rgb + b."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.refinement.statistics import measure, measure_again

if TYPE_CHECKING:
    from models.refinement.statistics import Colours, Person
    from models.refinement.writer import GraphWriter

SURE = 0.1  # where the network's mean over `SURE_WINDOW` pixels is nearer than this to 0 or 1, colours are not asked
SURE_WINDOW = 8
STRETCH = (0.2, 0.8)  # of the fitted alpha, to 0..1


class Fit(NamedTuple):
    """`slope` is a, [1,3,h/4,w/4], and `offset` b, [1,1,h/4,w/4]. Apart, as cutting a tensor up costs a copy of it."""

    slope: str
    offset: str


def fit_twice(graph: GraphWriter, picture: str, mask: str) -> tuple[Fit, Colours, Person]:
    """Fit colours to the mask, then to the sharpened answer.

    Returns the fit, and the statistics that it was made of.
    """
    colours, person = measure(graph, picture, mask)
    first = fit(graph, colours, person)
    person = measure_again(graph, colours, apply(graph, first, colours.half, 2))
    return fit(graph, colours, person), colours, person


def fit(graph: GraphWriter, colours: Colours, person: Person) -> Fit:
    """Return what has the least squared error in each window, averaged over 3x3 windows."""
    along = graph.op("Sub", person.colours, graph.op("Mul", colours.mean, person.mean))
    rows = graph.op("Mul", colours.inverse, graph.channels(along, [0, 1, 2] * 3))
    slope = graph.mix(rows, np.kron(np.eye(3), np.ones(3)), 4)
    offset = graph.op("Sub", person.mean, graph.total(graph.op("Mul", slope, colours.mean), 4))
    return Fit(graph.mean(slope, 3), graph.mean(offset, 3))


def apply(graph: GraphWriter, fitted: Fit, picture: str, factor: int) -> str:
    """Return a . rgb + b for each pixel of a picture that is `factor` times as large as the fit."""
    along = graph.op("Mul", picture, graph.grow(fitted.slope, factor))
    return graph.op("Add", graph.total(along, 4 // factor), graph.grow(fitted.offset, factor))


def keep_sure_places(graph: GraphWriter, fitted: Fit, mask: str) -> Fit:
    """Where the network is sure all around, let its answer stand: a pattern on a shirt must not print through."""
    doubt = graph.mean(mask, SURE_WINDOW, stride=4)
    inside, outside = graph.ramp(doubt, 1 / SURE, 1 - 1 / SURE), graph.ramp(doubt, -1 / SURE, 1.0)
    unsure = graph.op("Sub", graph.constant(1.0), graph.op("Add", inside, outside))
    offset = graph.op("Add", graph.op("Mul", fitted.offset, unsure), inside)
    return Fit(graph.op("Mul", fitted.slope, unsure), offset)


def opacity(graph: GraphWriter, fitted: Fit, picture: str) -> str:
    """Return the opacity, [1,1,h,w] in 0..1, of the picture's pixels."""
    low, high = STRETCH
    return graph.ramp(apply(graph, fitted, picture, 4), 1 / (high - low), -low / (high - low))
