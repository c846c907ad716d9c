"""Activations: HARD_SWISH, LOGISTIC, RELU."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def _unary(op_type: str, op: Operator, graph: OnnxGraph) -> None:
    graph.add_node(op_type, [graph.value(op.inputs[0])], graph.bind(op.outputs[0]))
