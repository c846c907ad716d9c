"""Sums over a picture: SUM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.ops.checks import require_rank_4
from models.ops.layout import TO_NCHW
from models.reader import ConversionError

if TYPE_CHECKING:
    from models.graph import OnnxGraph
    from models.reader import Operator


def reduce_sum(op: Operator, graph: OnnxGraph) -> None:
    """Convert a sum along some axes, which stay with the length 1."""
    require_rank_4(op, op.inputs[:1])
    if not op.options.KeepDims():
        raise ConversionError(f"{op.name}: keep_dims=False is not supported; only True is")
    output = graph.bind(op.outputs[0])
    axes = [TO_NCHW.index(axis) for axis in graph.constant(op, 1).ravel().tolist()]
    names = graph.add_weight(f"{output}_axes", np.array(sorted(axes), np.int64))
    graph.add_node("ReduceSum", [graph.value(op.inputs[0]), names], output, keepdims=1)
