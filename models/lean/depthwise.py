"""Large depthwise convolutions as one-dimensional ones along x, whose channels are the rows of a channel.

WebAssembly has no depthwise kernel: windows are copied out row by row, and each channel is a product of a matrix and a
vector. With rows as channels there are a fifth of the copies, and products of two matrices. For WebAssembly alone: ONNX
Runtime Web 1.30 computes these convolutions wrongly on WebGPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.lean.editor import attributes

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

    from models.lean.editor import Editor, Writer

LEAST_ROWS = 5
"""Rows of a kernel from which on it pays; with three nothing is gained."""


def depthwise_by_rows(graph: Editor) -> None:
    """Rewrite every depthwise convolution whose kernel has at least `LEAST_ROWS` rows."""
    for node in list(graph.nodes):
        if node.op_type != "Conv" or len(node.input) != 3:
            continue
        taps, bias = graph.constant(node.input[1]), graph.constant(node.input[2])
        if taps is None or bias is None:
            continue
        if taps.shape[1] == 1 and attributes(node).get("group") == len(taps) > 1 and taps.shape[2] >= LEAST_ROWS:
            _rewrite(graph, node, taps, bias)


def _rewrite(graph: Editor, node: onnx.NodeProto, taps: NDArray[Any], bias: NDArray[Any]) -> None:
    how = attributes(node)
    top, left, _, right = how["pads"]
    _, channels, rows, columns = graph.shape(node.input[0])
    _, _, new_rows, _ = shape = graph.shape(node.output[0])
    stride_y, stride_x = how["strides"]
    weights = _bands(taps, rows, new_rows, stride_y, top).reshape(channels * new_rows, rows, 1, -1)

    def write(writer: Writer) -> None:
        lines = writer.op(
            "Conv",
            writer.reshape(node.input[0], [1, channels * rows, 1, columns]),
            writer.constant(weights, np.float32),
            writer.constant(np.repeat(bias, new_rows), np.float32),
            group=channels,
            kernel_shape=weights.shape[2:],
            strides=[1, stride_x],
            pads=[0, left, 0, right],
        )
        writer.reshape(lines, shape, out=node.output[0])

    graph.replace(node, write)


def _bands(taps: NDArray[Any], rows: int, new_rows: int, stride: int, top: int) -> NDArray[Any]:
    """Return what joins each new row with each old one, [channels, new_rows, rows, kernel width], mostly zeros."""
    bands = np.zeros((len(taps), new_rows, rows, taps.shape[3]), taps.dtype)
    for new in range(new_rows):
        first = new * stride - top
        inside = range(max(first, 0), min(first + taps.shape[2], rows))
        bands[:, new, inside] = taps[:, 0, inside.start - first : inside.stop - first]
    return bands
