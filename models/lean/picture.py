"""The first convolution reads the picture as it comes, without a Transpose before it; nor one behind the mask.

[1,h,w,3] is a picture of one channel that is 3w wide: a step of one pixel is one of three columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.lean.editor import attributes

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

    from models.lean.editor import Editor, Writer

TO_NCHW, TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]


def picture_as_it_comes(graph: Editor) -> None:
    """Rewrite convolutions of a transposed picture, and Transposes that move no number."""
    for node in list(graph.nodes):
        if node.op_type == "Transpose" and attributes(node)["perm"] == TO_NHWC and graph.shape(node.input[0])[1] == 1:
            _relabel(graph, node)
        if node.op_type != "Conv" or attributes(node).get("group", 1) != 1:
            continue
        transpose, weights = graph.maker(node.input[0], "Transpose"), graph.constant(node.input[1])
        if transpose is not None and attributes(transpose)["perm"] == TO_NCHW and weights is not None:
            _read_pixels(graph, node, transpose.input[0], weights)


def _relabel(graph: Editor, node: onnx.NodeProto) -> None:
    shape = graph.shape(node.output[0])
    graph.replace(node, lambda writer: writer.reshape(node.input[0], shape, out=node.output[0]))


def _read_pixels(graph: Editor, node: onnx.NodeProto, picture: str, weights: NDArray[Any]) -> None:
    how = attributes(node)
    _, height, width, channels = graph.shape(picture)
    top, left, bottom, right = how["pads"]
    count, _, *kernel = weights.shape

    def write(writer: Writer) -> None:
        kernel_shape = [kernel[0], kernel[1] * channels]
        writer.op(
            "Conv",
            writer.reshape(picture, [1, 1, height, width * channels]),
            writer.constant(weights.transpose(0, 2, 3, 1).reshape(count, 1, *kernel_shape), np.float32),
            *node.input[2:],
            out=node.output[0],
            kernel_shape=kernel_shape,
            strides=[how["strides"][0], how["strides"][1] * channels],
            pads=[top, left * channels, bottom, right * channels],
        )

    graph.replace(node, write)
