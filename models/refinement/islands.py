"""What is joined to neither skin nor hair is no person: a network that tells classes apart takes chairs for clothes.

The probability of skin and hair grows, step by step, over that of the person, and stays where it never gets: a
reconstruction by dilation (Vincent, "Morphological Grayscale Reconstruction in Image Analysis", IEEE TIP 1993). It is
done on cells of 8 x 8 pixels, whose greatest probability counts, so what is joined keeps each of its pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.refinement.writer import GraphWriter

CELL = 8  # pixels; with cells of 16, chairs close to a shoulder are joined to it
STEPS = 24  # cells between skin or hair and what is joined to it: three quarters of the picture
SEEN = 0.8  # probability from which skin or hair is there: what is joined to it loses nothing
UNSEEN = 0.5  # up to this it is none: walls have 0.4 of it


def without_islands(graph: GraphWriter, mask: str, classes: str, markers: Sequence[int]) -> str:
    """Return the mask, [1,1,h,w] in 0..1, less what is joined to none of the classes `markers`, skin and hair.

    Where there is hardly any of those, as with somebody wrapped up and seen from behind, it stays as it is.

    Parameters
    ----------
    graph
        The graph under construction.
    mask
        The person's probability, [1,1,h,w].
    classes
        The probability of each class, [1,C,h,w].
    markers
        Numbers of the classes that only people have: where they are, the reconstruction begins.
    """
    person = _cells(graph, mask)
    sure = graph.op("ReduceMax", _cells(graph, graph.channels(classes, markers)), axes=[1], keepdims=1)
    marker = graph.ramp(sure, 1 / (SEEN - UNSEEN), -UNSEEN / (SEEN - UNSEEN))
    rest = graph.op("Relu", graph.op("Sub", person, marker))  # of the person, what has not been reached
    rest = graph.op("Mul", rest, graph.op("GlobalMaxPool", marker))  # where nothing is seen, that is nothing
    for _ in range(STEPS):
        reached = graph.op("MaxPool", graph.op("Sub", person, rest), kernel_shape=[3, 3], pads=[1] * 4)
        rest = graph.op("Relu", graph.op("Sub", person, reached))
    return _least(graph, mask, graph.repeat(graph.op("Sub", person, rest), CELL))


def _cells(graph: GraphWriter, tensor: str) -> str:
    return graph.op("MaxPool", tensor, kernel_shape=[CELL] * 2, strides=[CELL] * 2)


def _least(graph: GraphWriter, first: str, second: str) -> str:
    """Return the smaller one of two values: ONNX Runtime's WebGPU provider may have no Min."""
    return graph.op("Sub", first, graph.op("Relu", graph.op("Sub", first, second)))
