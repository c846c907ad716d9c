"""One handler per TFLite operator, one family per file.

A handler reads one `Operator` and writes the ONNX nodes that compute the same. It refuses options that the
models do not use, rather than converting them unproven.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.graph import OnnxGraph
from models.ops import activation, arithmetic, constant, convolution, layout, pooling, reduction, resize
from models.reader import Operator

Handler = Callable[[Operator, OnnxGraph], None]

HANDLERS: Mapping[str, Handler] = {
    "ADD": arithmetic.add,
    "AVERAGE_POOL_2D": pooling.average_pool_2d,
    "CONV_2D": convolution.conv_2d,
    "Convolution2DTransposeBias": convolution.transpose_conv_bias,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "DEQUANTIZE": constant.dequantize,
    "HARD_SWISH": activation.hard_swish,
    "LOGISTIC": activation.logistic,
    "MEAN": pooling.mean,
    "MUL": arithmetic.mul,
    "RELU": activation.relu,
    "RESHAPE": layout.reshape,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "SOFTMAX": activation.softmax,
    "SUM": reduction.reduce_sum,
    "TRANSPOSE": layout.transpose,
    "TRANSPOSE_CONV": convolution.transpose_conv,
}
