"""The nodes and constants of a graph under construction, with the few operators that the recipe needs.

Every operator is in opset 17 and has a kernel in ONNX Runtime's CPU, WebAssembly and WebGPU providers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx
    from numpy.typing import ArrayLike


class GraphWriter:
    """Collects nodes and constants; every method returns the name of a value."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def op(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        """Append one node with one output, which is called `out` or by the node's number and kind."""
        out = out or f"refined{len(self.nodes)}_{kind}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def constant(self, values: ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        """Store an array; equal ones are stored once."""
        array = np.asarray(values, dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = f"refined_constant{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def channels(self, tensor: str, numbers: Sequence[int]) -> str:
        """Pick channels by their numbers, in this order."""
        return self.op("Gather", tensor, self.constant(numbers, np.int64), axis=1)

    def total(self, tensor: str) -> str:
        """Add all channels up."""
        return self.op("ReduceSum", tensor, self.constant([1], np.int64), keepdims=1)

    def mix(self, tensor: str, weights: ArrayLike) -> str:
        """Make new channels out of the old ones: `weights` is [new, old]."""
        matrix = np.asarray(weights, np.float32)
        return self.op("Conv", tensor, self.constant(matrix.reshape(*matrix.shape, 1, 1)), kernel_shape=[1, 1])

    def mean(self, tensor: str, size: int, stride: int = 1) -> str:
        """Average windows of `size` x `size` pixels, every `stride` pixels; at the border what is there counts."""
        pads = [(size - stride) // 2] * 4
        return self.op("AveragePool", tensor, kernel_shape=[size] * 2, strides=[stride] * 2, pads=pads)

    def grow(self, tensor: str, factor: int) -> str:
        """Enlarge with bilinear interpolation between the pixels' centres."""
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.op("Resize", tensor, "", self.constant([1, 1, factor, factor]), **how)

    def repeat(self, tensor: str, factor: int) -> str:
        """Enlarge by repeating each pixel."""
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return self.op("Resize", tensor, "", self.constant([1, 1, factor, factor]), **how)

    def ramp(self, tensor: str, slope: float, offset: float) -> str:
        """Return clip(slope * x + offset, 0, 1), as one node."""
        return self.op("HardSigmoid", tensor, alpha=float(slope), beta=float(offset))
