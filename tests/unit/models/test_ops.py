"""Each op handler on one tiny model: the converted ONNX against TFLite's own arithmetic."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from tests.unit.models.tiny_tflite import (
    TinyModel,
    add_global_average,
    options,
    picture,
    resize_model,
    run_onnx,
    run_tflite,
    uniform,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
KERNELS_STRIDES_PADDINGS = [
    (1, 1, SAME),
    (3, 1, SAME),
    (3, 2, SAME),
    (5, 1, SAME),
    (5, 2, SAME),
    (3, 1, VALID),
    (3, 2, VALID),
]


def assert_as_tflite(model: bytes, source: NDArray[np.float32]) -> None:
    expected, actual = run_tflite(model, source), run_onnx(model, source)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=2e-6, atol=2e-6)


def size_after(size: int, kernel: int, stride: int, padding: int) -> int:
    """Return TFLite's output size of a convolution."""
    return -(-size // stride) if padding == SAME else (size - kernel) // stride + 1


@pytest.mark.parametrize("size", [(8, 10), (7, 9)], ids=["even", "odd"])
@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS_STRIDES_PADDINGS)
def test_conv_2d(kernel: int, stride: int, padding: int, size: tuple[int, int]) -> None:
    """A convolution keeps TFLite's padding, also where SAME pads one side more than the other."""
    model = TinyModel()
    source = model.tensor(1, *size, 3)
    result = model.tensor(1, *(size_after(edge, kernel, stride, padding) for edge in size), 5)
    settings = options(
        "Conv2DOptions", padding=padding, strideH=stride, strideW=stride, dilationHFactor=1, dilationWFactor=1
    )
    model.op(
        "CONV_2D", [source, model.weights(uniform(5, kernel, kernel, 3)), model.weights(uniform(5))], result, settings
    )
    assert_as_tflite(model.to_bytes(source, result), picture(1, *size, 3))


@pytest.mark.parametrize("size", [(8, 10), (7, 9)], ids=["even", "odd"])
@pytest.mark.parametrize(("kernel", "stride", "padding"), KERNELS_STRIDES_PADDINGS)
def test_depthwise_conv_2d(kernel: int, stride: int, padding: int, size: tuple[int, int]) -> None:
    """A depthwise convolution keeps each channel to itself."""
    model = TinyModel()
    source = model.tensor(1, *size, 4)
    result = model.tensor(1, *(size_after(edge, kernel, stride, padding) for edge in size), 4)
    settings = options(
        "DepthwiseConv2DOptions",
        padding=padding,
        strideH=stride,
        strideW=stride,
        depthMultiplier=1,
        dilationHFactor=1,
        dilationWFactor=1,
    )
    weights = model.weights(uniform(1, kernel, kernel, 4))
    model.op("DEPTHWISE_CONV_2D", [source, weights, model.weights(uniform(4))], result, settings)
    assert_as_tflite(model.to_bytes(source, result), picture(1, *size, 4))


def test_conv_2d_with_float32_weights() -> None:
    """Weights that no DEQUANTIZE stands before are taken as they are."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 3), model.tensor(1, 4, 4, 2)
    settings = options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1)
    model.op("CONV_2D", [source, model.constant(uniform(2, 1, 1, 3)), model.constant(uniform(2))], result, settings)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 4, 4, 3))


def test_dequantize_gives_the_float16_values() -> None:
    """Float16 weights reach the arithmetic unrounded: a 1x1 convolution by one weight returns that weight."""
    model = TinyModel()
    values = np.array([1 / 3, -65504, 6e-8, 1e-4], np.float32)
    source, result = model.tensor(1, 1, 1, 1), model.tensor(1, 1, 1, 4)
    settings = options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1)
    weights = model.weights(values.reshape(4, 1, 1, 1))
    model.op("CONV_2D", [source, weights, model.weights(np.zeros(4))], result, settings)
    one = np.ones((1, 1, 1, 1), np.float32)
    actual = run_onnx(model.to_bytes(source, result), one)
    np.testing.assert_array_equal(actual.ravel(), values.astype(np.float16).astype(np.float32))
    np.testing.assert_array_equal(actual, run_tflite(model.to_bytes(source, result), one))


@pytest.mark.parametrize("name", ["HARD_SWISH", "RELU", "LOGISTIC"])
def test_activation(name: str) -> None:
    """An activation computes TFLite's curve on both sides of zero and past its bends."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 5, 6, 4)
    model.op(name, [source], result)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


def test_average_pool_2d() -> None:
    """A pool over the whole picture is the mean of each channel."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 1, 1, 4)
    add_global_average(model, source, result, (5, 6))
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


def test_mean() -> None:
    """A mean over height and width is the mean of each channel."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 1, 1, 4)
    model.op(
        "MEAN", [source, model.constant(np.array([1, 2], np.int32))], result, options("ReducerOptions", keepDims=True)
    )
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


@pytest.mark.parametrize(("name", "table"), [("ADD", "AddOptions"), ("MUL", "MulOptions")])
def test_arithmetic_of_equal_shapes(name: str, table: str) -> None:
    """Two pictures of one shape are combined element by element."""
    model = TinyModel()
    source, other, result = (model.tensor(1, 5, 6, 4) for _ in range(3))
    model.op("RELU", [source], other)
    model.op(name, [source, other], result, options(table))
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


@pytest.mark.parametrize(("name", "table"), [("ADD", "AddOptions"), ("MUL", "MulOptions")])
def test_arithmetic_broadcasts_one_value_per_channel(name: str, table: str) -> None:
    """A [1,1,1,C] factor meets the same channel of every pixel, as in squeeze and excite."""
    model = TinyModel()
    source, factor, result = model.tensor(1, 5, 4, 4), model.tensor(1, 1, 1, 4), model.tensor(1, 5, 4, 4)
    add_global_average(model, source, factor, (5, 4))
    model.op(name, [source, factor], result, options(table))
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 4, 4))


@pytest.mark.parametrize(("name", "table"), [("ADD", "AddOptions"), ("MUL", "MulOptions")])
def test_arithmetic_with_a_constant_per_channel(name: str, table: str) -> None:
    """A constant [C] meets the same channel of every pixel, as in a layer's scale and offset."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 4, 4), model.tensor(1, 5, 4, 4)
    model.op(name, [source, model.constant(uniform(4))], result, options(table))
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 4, 4))


def test_softmax_is_along_the_channels() -> None:
    """Each pixel's channels add up to one, also where exp() alone would overflow."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 5, 6, 4)
    model.op("SOFTMAX", [source], result, options("SoftmaxOptions", beta=1.0))
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4) * 50)


@pytest.mark.parametrize("axes", [[1], [2], [3], [1, 2]], ids=str)
def test_sum(axes: list[int]) -> None:
    """A sum runs along the axes that it names, which are NHWC's."""
    model = TinyModel()
    size = [1 if axis in axes else edge for axis, edge in enumerate((1, 5, 6, 4))]
    source, result = model.tensor(1, 5, 6, 4), model.tensor(*size)
    model.op(
        "SUM", [source, model.constant(np.array(axes, np.int32))], result, options("ReducerOptions", keepDims=True)
    )
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


def test_reshape_keeps_the_order_of_numbers() -> None:
    """Patches of a picture become rows of pixels in TFLite's order, channels last."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 6, 8), model.tensor(2, 3, 4, 8)
    shape = model.constant(np.array([2, 3, 4, 8], np.int32))
    model.op("RESHAPE", [source, shape], result)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 4, 6, 8))


@pytest.mark.parametrize("order", [[0, 2, 1, 3], [0, 3, 1, 2], [3, 1, 2, 0]], ids=str)
def test_transpose(order: list[int]) -> None:
    """Axes change places as TFLite names them, in NHWC."""
    model = TinyModel()
    shape = (1, 5, 6, 4)
    source, result = model.tensor(*shape), model.tensor(*(shape[axis] for axis in order))
    model.op("TRANSPOSE", [source, model.constant(np.array(order, np.int32))], result, options("TransposeOptions"))
    assert_as_tflite(model.to_bytes(source, result), picture(*shape))


@pytest.mark.parametrize("name", ["CONV_2D", "DEPTHWISE_CONV_2D"])
def test_fused_relu(name: str) -> None:
    """A convolution with a built-in RELU gives no negative number."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 5, 6, 4)
    settings = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1, "fusedActivationFunction": 1}
    if name == "CONV_2D":
        table, weights = options("Conv2DOptions", **settings), model.weights(uniform(4, 1, 1, 4))
    else:
        table, weights = (
            options("DepthwiseConv2DOptions", depthMultiplier=1, **settings),
            model.weights(uniform(1, 1, 1, 4)),
        )
    model.op(name, [source, weights, model.weights(uniform(4))], result, table)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


def test_resize_nearest_neighbor() -> None:
    """An enlargement by whole factors repeats TFLite's pixels."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, 10, 18, 4)
    settings = options("ResizeNearestNeighborOptions", halfPixelCenters=True)
    model.op("RESIZE_NEAREST_NEIGHBOR", [source, model.constant(np.array([10, 18], np.int32))], result, settings)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 5, 6, 4))


@pytest.mark.parametrize("padding", [SAME, VALID], ids=["same", "valid"])
def test_transpose_conv(padding: int) -> None:
    """TFLite's own upsampling: every pixel becomes a 2x2 block, plus the bias."""
    model = TinyModel()
    source, result = model.tensor(1, 3, 4, 3), model.tensor(1, 6, 8, 2)
    shape = model.constant(np.array([1, 6, 8, 2], np.int32))
    settings = options("TransposeConvOptions", padding=padding, strideH=2, strideW=2)
    inputs = [shape, model.constant(uniform(2, 2, 2, 3)), source, model.constant(uniform(2))]
    model.op("TRANSPOSE_CONV", inputs, result, settings, version=3)
    assert_as_tflite(model.to_bytes(source, result), picture(1, 3, 4, 3))


@pytest.mark.parametrize("size", [(10, 12), (9, 17), (3, 4)], ids=["twice", "uneven", "smaller"])
def test_resize_bilinear(size: tuple[int, int]) -> None:
    """A half-pixel resize samples and clamps as TFLite does, at any ratio."""
    assert_as_tflite(resize_model(*size, halfPixelCenters=True), picture(1, 5, 6, 4))


@pytest.mark.parametrize("padding", [1, 2], ids=["same", "valid"])
def test_transpose_conv_bias(padding: int) -> None:
    """MediaPipe's custom upsampling equals its definition: every pixel becomes a 2x2 block, plus the bias."""
    weights = uniform(2, 2, 2, 3).astype(np.float16)
    bias = uniform(2).astype(np.float16)
    model = TinyModel()
    source, result = model.tensor(1, 3, 4, 3), model.tensor(1, 6, 8, 2)
    custom = struct.pack("<3i", padding, 2, 2)
    model.op("Convolution2DTransposeBias", [source, model.weights(weights), model.weights(bias)], result, custom=custom)
    pixels = picture(1, 3, 4, 3)
    blocks = np.einsum("nyxc,oijc->nyixjo", pixels, weights.astype(np.float32))
    expected = blocks.reshape(1, 6, 8, 2) + bias.astype(np.float32)
    actual = run_onnx(model.to_bytes(source, result), pixels)
    np.testing.assert_allclose(actual, expected, rtol=2e-6, atol=2e-6)
