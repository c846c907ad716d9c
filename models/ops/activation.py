"""Activations: HARD_SWISH, LOGISTIC, RELU, SOFTMAX, and the RELU that is fused to another operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tflite

from models.ops.checks import require_rank_4
from models.reader import ConversionError

if TYPE_CHECKING:
    from models.graph import OnnxGraph
    from models.reader import Operator


def hard_swish(op: Operator, graph: OnnxGraph) -> None:
    """Convert x * clip(x / 6 + 1/2, 0, 1)."""
    _unary("HardSwish", op, graph)


def logistic(op: Operator, graph: OnnxGraph) -> None:
    """Convert 1 / (1 + exp(-x))."""
    _unary("Sigmoid", op, graph)


def relu(op: Operator, graph: OnnxGraph) -> None:
    """Convert max(x, 0)."""
    _unary("Relu", op, graph)


def softmax(op: Operator, graph: OnnxGraph) -> None:
    """Convert exp(x) / sum(exp(x)) along the channels."""
    require_rank_4(op, op.inputs)
    if op.options.Beta() != 1:
        raise ConversionError(f"{op.name}: beta {op.options.Beta()} is not supported; only 1 is")
    graph.add_node("Softmax", [graph.value(op.inputs[0])], graph.bind(op.outputs[0]), axis=1)


def add_with_activation(op: Operator, graph: OnnxGraph, op_type: str, inputs: list[str], **attributes: Any) -> None:
    """Add the node that computes `op`, and a second one where RELU is fused to it."""
    output, kind = graph.bind(op.outputs[0]), op.options.FusedActivationFunction()
    if kind == tflite.ActivationFunctionType.NONE:
        graph.add_node(op_type, inputs, output, **attributes)
    elif kind == tflite.ActivationFunctionType.RELU:
        graph.add_node("Relu", [graph.add_node(op_type, inputs, f"{output}_linear", **attributes)], output)
    else:
        raise ConversionError(f"{op.name}: fused activation {kind} is not supported; only 0 (none) and 1 (RELU) are")


def _unary(op_type: str, op: Operator, graph: OnnxGraph) -> None:
    graph.add_node(op_type, [graph.value(op.inputs[0])], graph.bind(op.outputs[0]))
