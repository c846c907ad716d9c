"""Element by element arithmetic: ADD, MUL. Both operands are [N,H,W,C], or the second is a constant [C]."""

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
    left, right = op.inputs
    require_rank_4(op, [left])
    if right.data is not None and len(right.shape) == 1:
        name = graph.add_weight(f"t{op.outputs[0].index}_operand", right.data.reshape(1, -1, 1, 1))
    else:
        require_rank_4(op, [right])
        name = graph.value(right)
    graph.add_node(op_type, [graph.value(left), name], graph.bind(op.outputs[0]))
