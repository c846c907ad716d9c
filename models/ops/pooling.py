"""Global average pooling, which TFLite writes in two ways: AVERAGE_POOL_2D and MEAN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ops.checks import require_no_fused_activation, require_rank_4
from models.reader import ConversionError, Operator

if TYPE_CHECKING:
    from models.graph import OnnxGraph


def average_pool_2d(op: Operator, graph: OnnxGraph) -> None:
    """Convert an average pool whose window is the whole picture."""
    require_no_fused_activation(op)
    window = (op.options.FilterHeight(), op.options.FilterWidth())
    size = op.inputs[0].shape[1:3]
    if window != size:
        raise ConversionError(f"{op.name}: window {window} on {size} is not supported; only the whole picture is")
    _global_average(op, graph)


def mean(op: Operator, graph: OnnxGraph) -> None:
    """Convert a mean over height and width that keeps both axes."""
    require_rank_4(op, op.inputs[:1])
    axes = graph.constant(op, 1).tolist()
    if axes != [1, 2] or not op.options.KeepDims():
        raise ConversionError(
            f"{op.name}: axes {axes} with keep_dims={op.options.KeepDims()} are not supported; "
            "only [1, 2] with keep_dims=True are"
        )
    _global_average(op, graph)


def _global_average(op: Operator, graph: OnnxGraph) -> None:
    graph.add_node("GlobalAveragePool", [graph.value(op.inputs[0])], graph.bind(op.outputs[0]))
