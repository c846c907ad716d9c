"""Bilinear enlargement to twice the size as two convolutions, one along y and one along x.

Every second new pixel has the weights 1/4 and 3/4, the others 3/4 and 1/4; the edge is repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.lean.editor import attributes

if TYPE_CHECKING:
    import onnx

    from models.lean.editor import Editor, Writer

LEAST_NUMBERS = 100_000
"""Numbers of the result from which on it pays."""
HOW = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
PHASES = ((0.25, 0.75, 0), (0, 0.75, 0.25))


def enlarge_by_convolutions(graph: Editor) -> None:
    """Rewrite every large bilinear enlargement to exactly twice the size."""
    for node in list(graph.nodes):
        if node.op_type != "Resize" or attributes(node) != HOW:
            continue
        old, new = graph.shape(node.input[0]), graph.shape(node.output[0])
        if new == (1, old[1], 2 * old[2], 2 * old[3]) and np.prod(new) >= LEAST_NUMBERS:
            _rewrite(graph, node)


def _rewrite(graph: Editor, node: onnx.NodeProto) -> None:
    _, channels, height, width = graph.shape(node.input[0])

    def write(writer: Writer) -> None:
        halves = _phases(writer, node.input[0], channels, axis=2)
        rows = writer.reshape(halves, [1, channels, 2, height, width])
        rows = writer.op("Transpose", rows, perm=[0, 1, 3, 2, 4])
        rows = writer.reshape(rows, [1, channels, 2 * height, width])
        halves = _phases(writer, rows, channels, axis=3)
        columns = writer.reshape(halves, [1, channels, 2, 2 * height * width])
        columns = writer.op("Transpose", columns, perm=[0, 1, 3, 2])
        writer.reshape(columns, [1, channels, 2 * height, 2 * width], out=node.output[0])

    graph.replace(node, write)


def _phases(writer: Writer, value: str, channels: int, axis: int) -> str:
    """Return [1, 2 * channels, h, w]: of each channel what comes before a pixel's centre along an axis, and behind."""
    around = np.zeros((2, 4), np.int64)
    around[:, axis] = 1
    padded = writer.op("Pad", value, writer.constant(around.ravel(), np.int64), mode="edge")
    kernel = (3, 1) if axis == 2 else (1, 3)  # y of NCHW, or x
    weights = np.tile(np.array(PHASES).reshape(2, 1, *kernel), (channels, 1, 1, 1))
    return writer.op("Conv", padded, writer.constant(weights, np.float32), group=channels, kernel_shape=list(kernel))
