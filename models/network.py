"""From a TFLite graph to the ONNX model that computes the same: the network itself, nothing before or behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.graph import OnnxGraph, describe
from models.ops import HANDLERS, Handler
from models.reader import ConversionError, Graph, Operator
from models.rewrite import resize_after_pointwise

if TYPE_CHECKING:
    import onnx

INPUT_NAME = "image"
OUTPUT_NAME = "mask"
RAW_NAME = "raw"
CLASSES_NAME = "classes"


def convert_graph(source: Graph, name: str) -> onnx.ModelProto:
    """Return the ONNX model (NHWC float32 in and out) of a TFLite graph with one input and one output."""
    graph = OnnxGraph()
    [image], [mask] = source.inputs, source.outputs
    graph.add_node("Transpose", [INPUT_NAME], graph.bind(image), perm=[0, 3, 1, 2])
    _write_operators(source, graph)
    graph.add_node("Transpose", [graph.value(mask)], OUTPUT_NAME, perm=[0, 2, 3, 1])
    return graph.to_model(name, [describe(INPUT_NAME, image.shape)], [describe(OUTPUT_NAME, mask.shape)])


def convert_multiclass(source: Graph, name: str) -> onnx.ModelProto:
    """Return the ONNX model of a network that tells classes apart, the first of which is the background.

    The picture, [1,h,w,3] in 0..1, becomes the -1..1 that the network takes (the metadata of the `.tflite` says so),
    and its logits become ``classes``, [1,C,h,w], probabilities that add up to one, and ``raw``, [1,1,h,w], the
    person's. Float32 weights are rounded to float16.
    """
    graph = OnnxGraph(rounding=True)
    [image], [logits] = source.inputs, source.outputs
    _, height, width, count = logits.shape
    graph.add_node("Transpose", [INPUT_NAME], "picture", perm=[0, 3, 1, 2])
    doubled = graph.add_node("Mul", ["picture", graph.add_constant("two", np.float32(2))], "doubled")
    graph.add_node("Sub", [doubled, graph.add_constant("one", np.float32(1))], graph.bind(image))
    _write_operators(source, graph)
    graph.add_node("Softmax", [graph.value(logits)], CLASSES_NAME, axis=1)
    first = graph.add_constant("background_class", np.array([0], np.int64))
    background = graph.add_node("Gather", [CLASSES_NAME, first], "background", axis=1)
    graph.add_node("Sub", ["one", background], RAW_NAME)
    outputs = [describe(RAW_NAME, (1, 1, height, width)), describe(CLASSES_NAME, (1, count, height, width))]
    return graph.to_model(name, [describe(INPUT_NAME, image.shape)], outputs)


def _write_operators(source: Graph, graph: OnnxGraph) -> None:
    for operator in resize_after_pointwise(source).operators:
        _handler(operator)(operator, graph)


def _handler(operator: Operator) -> Handler:
    if operator.name not in HANDLERS:
        known = ", ".join(sorted(HANDLERS))
        raise ConversionError(
            f"TFLite operator {operator.name} has no handler in models/ops; there are handlers for {known}"
        )
    return HANDLERS[operator.name]
