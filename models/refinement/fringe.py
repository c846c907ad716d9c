"""Colours of the person and of what is around, for an edge without a fringe of the old background.

Blur fusion (Forte, ICIP 2021): F = aI + (1-a)C with C = clip(P + a(P - O)), where P and O are the window means of
person and surroundings. P, O and C are smooth, so a quarter of the model's size, [1,3,h/4,w/4], is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.refinement.statistics import Colours, Person
    from models.refinement.writer import GraphWriter

LITTLE = 0.01  # share of the window's plain mean: it stands in where a window has no person, or nothing else


def person_colour(graph: GraphWriter, colours: Colours, person: Person, out: str) -> str:
    """Return P, the mean colour of the person in each window."""
    little = graph.constant(LITTLE)
    total = graph.op("Add", person.colours, graph.op("Mul", colours.mean, little))
    return graph.op("Div", total, graph.op("Add", person.mean, little), out=out)


def outside_colour(graph: GraphWriter, colours: Colours, person: Person, out: str) -> str:
    """Return O, the mean colour of all else in each window."""
    whole = graph.constant(1 + LITTLE)
    total = graph.op("Sub", graph.op("Mul", colours.mean, whole), person.colours)
    return graph.op("Div", total, graph.op("Sub", whole, person.mean), out=out)


def edge_colour(graph: GraphWriter, inside: str, outside: str, mask: str, out: str) -> str:
    """Return C for the final mask, [1,1,h,w]."""
    share = graph.mean(mask, 4, stride=4)
    away = graph.op("Mul", graph.op("Sub", inside, outside), share)
    return graph.op("Clip", graph.op("Add", inside, away), graph.constant(0.0), graph.constant(1.0), out=out)
