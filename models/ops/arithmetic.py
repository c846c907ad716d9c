"""Element by element arithmetic of two activations, broadcast over [N,C,1,1]: ADD, MUL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ops.checks import require_no_fused_activation, require_rank_4

if TYPE_CHECKING:
    from models.graph import OnnxGraph
    from models.reader import Operator


def add(op: Operator, graph: OnnxGraph) -> None:
    """Convert a + b."""
    _binary("Add", op, graph)


def mul(op: Operator, graph: OnnxGraph) -> None:
    """Convert a * b."""
    _binary("Mul", op, graph)


def _binary(op_type: str, op: Operator, graph: OnnxGraph) -> None:
    require_no_fused_activation(op)
    require_rank_4(op, op.inputs)
    graph.add_node(op_type, [graph.value(tensor) for tensor in op.inputs], graph.bind(op.outputs[0]))
