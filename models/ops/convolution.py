"""Convolutions: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, and MediaPipe's custom Convolution2DTransposeBias."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import tflite

from models.ops.activation import add_with_activation
from models.ops.checks import require_no_fused_activation
from models.reader import ConversionError, Operator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.graph import OnnxGraph

# TfLiteTransposeConvParams (tensorflow/lite/c/builtin_op_data.h) begins: padding, stride_width, stride_height
_TRANSPOSE_OPTIONS = struct.Struct("<3i")
_TFLITE_PADDING_UNKNOWN = 0


def conv_2d(op: Operator, graph: OnnxGraph) -> None:
    """Convert a convolution; weights [out, height, width, in] become [out, in, height, width]."""
    weights = graph.constant(op, 1).transpose(0, 3, 1, 2)
    _convolve(op, graph, weights, group=1)


def depthwise_conv_2d(op: Operator, graph: OnnxGraph) -> None:
    """Convert a convolution of each channel by itself; TFLite's weights are [1, height, width, channels]."""
    if op.options.DepthMultiplier() != 1:
        raise ConversionError(f"{op.name}: depth multiplier {op.options.DepthMultiplier()} is not supported; only 1 is")
    weights = graph.constant(op, 1).transpose(3, 0, 1, 2)
    _convolve(op, graph, weights, group=weights.shape[0])


def _convolve(op: Operator, graph: OnnxGraph, weights: NDArray[Any], group: int) -> None:
    dilations = [op.options.DilationHFactor(), op.options.DilationWFactor()]
    if dilations != [1, 1]:
        raise ConversionError(f"{op.name}: dilation {dilations} is not supported; only [1, 1] is")
    strides = [op.options.StrideH(), op.options.StrideW()]
    kernel = list(weights.shape[2:])
    add_with_activation(
        op,
        graph,
        "Conv",
        [graph.value(op.inputs[0]), *_weights_and_bias(op, graph, weights, 2)],
        kernel_shape=kernel,
        strides=strides,
        pads=_pads(op, kernel, strides),
        group=group,
    )


def _weights_and_bias(op: Operator, graph: OnnxGraph, weights: NDArray[Any], bias: int) -> list[str]:
    """Store both; `bias` is that input's position."""
    name = f"t{op.outputs[0].index}"
    return [
        graph.add_weight(f"{name}_weight", weights),
        graph.add_weight(f"{name}_bias", graph.constant(op, bias)),
    ]


def _pads(op: Operator, kernel: list[int], strides: list[int]) -> list[int]:
    """Return ONNX pads [top, left, bottom, right]; TFLite's SAME puts the odd one at the bottom and right."""
    if op.options.Padding() == tflite.Padding.VALID:
        return [0, 0, 0, 0]
    totals = [
        max((-(-size // stride) - 1) * stride + window - size, 0)
        for size, window, stride in zip(op.inputs[0].shape[1:3], kernel, strides, strict=True)
    ]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def transpose_conv_bias(op: Operator, graph: OnnxGraph) -> None:
    """Convert MediaPipe's custom operator; its inputs are the picture, weights and bias."""
    if len(op.custom_options) < _TRANSPOSE_OPTIONS.size:
        raise ConversionError(
            f"{op.name}: {len(op.custom_options)} bytes of options, at least {_TRANSPOSE_OPTIONS.size} needed"
        )
    padding, stride_w, stride_h = _TRANSPOSE_OPTIONS.unpack_from(op.custom_options)
    if padding == _TFLITE_PADDING_UNKNOWN:
        raise ConversionError(f"{op.name}: padding {padding} is not supported; only SAME and VALID are")
    _upsample(op, graph, graph.value(op.inputs[0]), [stride_h, stride_w])


def transpose_conv(op: Operator, graph: OnnxGraph) -> None:
    """Convert TFLite's operator; its inputs are the output's shape, weights, the picture and bias."""
    require_no_fused_activation(op)
    _upsample(op, graph, graph.value(op.inputs[2]), [op.options.StrideH(), op.options.StrideW()], bias=3)


def _upsample(op: Operator, graph: OnnxGraph, picture: str, strides: list[int], bias: int = 2) -> None:
    """Convert an upsampling whose windows do not overlap; weights [out, height, width, in] become [in, out, ...].

    With a kernel as large as the stride both of TFLite's paddings mean the same:
    out[n, sy*y + i, sx*x + j, o] = bias[o] + sum_c in[n, y, x, c] * weights[o, i, j, c].
    """
    weights = graph.constant(op, 1).transpose(3, 0, 1, 2)
    kernel = list(weights.shape[2:])
    if strides != kernel:
        raise ConversionError(
            f"{op.name}: strides {strides} for a {kernel} kernel are not supported; "
            "only strides as large as the kernel are"
        )
    inputs = [picture, *_weights_and_bias(op, graph, weights, bias)]
    graph.add_node("ConvTranspose", inputs, graph.bind(op.outputs[0]), kernel_shape=kernel, strides=strides)
