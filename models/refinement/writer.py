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
    """Collects nodes and constants; every method returns the name of a value.

    Parameters
    ----------
    height, width
        The model's size.
    """

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
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

    def total(self, tensor: str, part: int) -> str:
        """Add three channels up; for `part` see `mix`."""
        return self.mix(tensor, [[1, 1, 1]], part)

    def mix(self, tensor: str, weights: ArrayLike, part: int) -> str:
        """Make new channels out of the old ones, on 1/`part` of the model's size: `weights` is [new, old].

        A product of matrices is the fastest way in WebAssembly and natively: ReduceSum needs three times as long, and a
        convolution computes 16 channels natively where one is wanted.
        """
        flat = self.op(
            "Reshape", tensor, self.constant([1, -1, (self.height // part) * (self.width // part)], np.int64)
        )
        mixed = self.op("MatMul", self.constant(weights), flat)
        shape = [1, len(np.asarray(weights)), self.height // part, self.width // part]
        return self.op("Reshape", mixed, self.constant(shape, np.int64))

    def mean(self, tensor: str, size: int, stride: int = 1) -> str:
        """Average windows of `size` x `size` pixels, every `stride` pixels; at the border what is there counts."""
        pads = [(size - stride) // 2] * 4
        return self.op("AveragePool", tensor, kernel_shape=[size] * 2, strides=[stride] * 2, pads=pads)

    def halve(self, tensor: str) -> str:
        """Average two by two pixels: bilinear samples in their middle, in two thirds of AveragePool's time."""
        how = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.op("Resize", tensor, "", self.constant([1, 1, 0.5, 0.5]), **how)

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
