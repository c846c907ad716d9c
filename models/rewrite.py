"""Make a TFLite graph cheaper before it is converted, without changing what it computes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from models.reader import Graph, Operator, Tensor


def resize_after_pointwise(graph: Graph) -> Graph:
    """Let a 1x1 convolution that follows a bilinear resize come before it, where the picture is a quarter as large.

    Both are linear, one mixes channels and the other pixels, and the weights of a bilinear resize add up to one (which
    the bias needs), so that they commute; only the rounding in float32 differs.
    """
    uses = Counter(tensor.index for operator in graph.operators for tensor in operator.inputs)
    makers = {operator.outputs[0].index: operator for operator in graph.operators}
    next_index = 1 + max(tensor.index for operator in graph.operators for tensor in operator.inputs + operator.outputs)
    operators: list[Operator] = []
    for operator in graph.operators:
        resize = makers.get(operator.inputs[0].index)
        if resize is None or uses[resize.outputs[0].index] != 1 or not _commute(resize, operator):
            operators.append(operator)
            continue
        small = Tensor(next_index, (*resize.inputs[0].shape[:3], operator.outputs[0].shape[3]), None)
        next_index += 1
        operators.remove(resize)
        operators.append(replace(operator, inputs=(resize.inputs[0], *operator.inputs[1:]), outputs=(small,)))
        operators.append(replace(resize, inputs=(small, resize.inputs[1]), outputs=operator.outputs))
    return replace(graph, operators=tuple(operators))


def _commute(resize: Operator, convolution: Operator) -> bool:
    return (
        resize.name == "RESIZE_BILINEAR"
        and convolution.name == "CONV_2D"
        and convolution.inputs[1].shape[1:3] == (1, 1)
        and resize.outputs[0].shape[:3] == convolution.outputs[0].shape[:3]
    )
