"""What moves numbers and computes nothing: RESHAPE, TRANSPOSE. Both speak of NHWC; the ONNX graph is NCHW."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.ops.checks import require_rank_4

if TYPE_CHECKING:
    from models.graph import OnnxGraph
    from models.reader import Operator

TO_NHWC = [0, 2, 3, 1]
TO_NCHW = [0, 3, 1, 2]


def reshape(op: Operator, graph: OnnxGraph) -> None:
    """Convert a reshape, whose order of numbers is that of NHWC; ONNX Runtime drops transposes that undo each other."""
    require_rank_4(op, [op.inputs[0], op.outputs[0]])
    output = graph.bind(op.outputs[0])
    flat = graph.add_node("Transpose", [graph.value(op.inputs[0])], f"{output}_nhwc", perm=TO_NHWC)
    shape = graph.add_weight(f"{output}_shape", np.array(op.outputs[0].shape, np.int64))
    shaped = graph.add_node("Reshape", [flat, shape], f"{output}_shaped")
    graph.add_node("Transpose", [shaped], output, perm=TO_NCHW)


def transpose(op: Operator, graph: OnnxGraph) -> None:
    """Convert a permutation of NHWC's axes to the same one of NCHW's."""
    require_rank_4(op, [op.inputs[0]])
    order = graph.constant(op, 1).tolist()
    perm = [TO_NCHW.index(order[axis]) for axis in TO_NCHW]
    graph.add_node("Transpose", [graph.value(op.inputs[0])], graph.bind(op.outputs[0]), perm=perm)
