"""A decoder's step without three passes over its largest tensors.

With a finer tensor a, a coarser one z = Wz u + bz, and R, which enlarges, a step computes

    relu(W (gate * a + R z) + b), with a gate made of the mean of a + R z.

A 1x1 convolution and a bilinear enlargement are linear and commute, so the same is

    relu((W diag gate) a + R(W Wz u + W bz) + b), with a gate made of mean a + (Wz mean u + bz),

where ONNX Runtime makes one convolution of the first, the sum and the relu: it does so only if b is a convolution's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.lean.editor import attributes
from models.lean.enlarge import HOW

if TYPE_CHECKING:
    import onnx
    from numpy.typing import NDArray

    from models.lean.editor import Editor, Writer


class Step(NamedTuple):
    """Three nodes of a step, the values a and gate, and the shape of what comes out."""

    fine: str
    gate: str
    coarse: onnx.NodeProto
    mean: onnx.NodeProto
    mix: onnx.NodeProto
    size: tuple[int, ...]


def fold_gates(graph: Editor) -> None:
    """Rewrite every step of a decoder."""
    for node in list(graph.nodes):
        if node.op_type == "Resize" and attributes(node) == HOW:
            step = _find(graph, node)
            if step is not None:
                _rewrite(graph, step)


def _find(graph: Editor, resize: onnx.NodeProto) -> Step | None:
    """Return the step that a Resize belongs to, if there is one and nothing else reads what it no longer computes."""
    coarse = graph.maker(resize.input[0], "Conv")
    adds = graph.readers(resize.output[0])
    if coarse is None or not _is_pointwise(graph, coarse) or [add.op_type for add in adds] != ["Add", "Add"]:
        return None
    if graph.only_reader(coarse.output[0], "Resize") is None or not _doubles(graph, resize):
        return None
    first, second = adds
    mean = graph.only_reader(first.output[0], "GlobalAveragePool")
    mix = graph.only_reader(second.output[0], "Conv")
    gated = graph.maker(_other(second, resize.output[0]), "Mul")
    if mean is None or mix is None or gated is None or not _is_pointwise(graph, mix):
        return None
    fine = _other(first, resize.output[0])
    if fine not in gated.input or graph.only_reader(gated.output[0], "Add") is None:
        return None
    if graph.only_reader(mix.output[0], "Relu") is None:
        return None
    return Step(fine, _other(gated, fine), coarse, mean, mix, graph.shape(mix.output[0]))


def _other(node: onnx.NodeProto, name: str) -> str:
    [other] = [str(value) for value in node.input if value != name]
    return other


def _is_pointwise(graph: Editor, node: onnx.NodeProto) -> bool:
    """Tell whether a convolution has a kernel of one pixel, and a bias."""
    how, parts = attributes(node), [graph.constant(name) for name in node.input[1:]]
    if [part is None for part in parts] != [False, False]:
        return False
    return how["kernel_shape"] == how["strides"] == [1, 1] and how["group"] == 1 and not any(how["pads"])


def _doubles(graph: Editor, resize: onnx.NodeProto) -> bool:
    """Tell whether every pixel becomes four, so that the mean stays what it is."""
    _, _, *old = graph.shape(resize.input[0])
    _, _, *new = graph.shape(resize.output[0])
    return new == [2 * side for side in old]


def _rewrite(graph: Editor, step: Step) -> None:
    graph.replace(step.mean, lambda writer: _write_mean(writer, step))
    weights, bias = (_wide(graph, name) for name in step.coarse.input[1:])
    mixing = _wide(graph, step.mix.input[1])[:, :, 0, 0]
    joined = np.tensordot(mixing, weights, 1), mixing @ bias
    graph.replace(step.mix, lambda writer: _write_mix(writer, step, *joined))


def _wide(graph: Editor, name: str) -> NDArray[np.float64]:
    values = graph.constant(name)
    assert values is not None  # `_is_pointwise` has seen to it
    return values.astype(np.float64)


def _write_mean(writer: Writer, step: Step) -> None:
    fine = writer.op("GlobalAveragePool", step.fine)
    source, *weights = step.coarse.input
    coarse = writer.op("Conv", writer.op("GlobalAveragePool", source), *weights, kernel_shape=[1, 1])
    writer.op("Add", fine, coarse, out=step.mean.output[0])


def _write_mix(writer: Writer, step: Step, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
    inputs = step.coarse.input[0], writer.constant(weights, np.float32), writer.constant(bias, np.float32)
    small = writer.op("Conv", *inputs, kernel_shape=[1, 1])
    size = writer.constant(step.size, np.int64)
    large = writer.op("Resize", small, "", "", size, **HOW)
    gated = writer.op("Mul", step.mix.input[1], step.gate)
    mixed = writer.op("Conv", step.fine, gated, step.mix.input[2], kernel_shape=[1, 1])
    writer.op("Add", mixed, large, out=step.mix.output[0])
