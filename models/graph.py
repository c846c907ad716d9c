"""The ONNX graph under construction: what the op handlers write to.

Layout: TFLite's tensors are NHWC; inside the ONNX graph every 4-D activation is NCHW, which is what ONNX's
operators take. Only the graph's input and output are NHWC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.reader import ConversionError, Operator, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

OPSET = 17
# The file version that opset 17 came with: the oldest runtimes that know the operators also read the file.
IR_VERSION = 8


class OnnxGraph:
    """Collects nodes and weights, and knows which ONNX value holds which TFLite tensor.

    Parameters
    ----------
    rounding
        Store float32 weights as float16.
    """

    def __init__(self, *, rounding: bool = False) -> None:
        self._rounding = rounding
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._values: dict[int, str] = {}
        self._constants: dict[int, NDArray[Any]] = {}

    def value(self, tensor: Tensor) -> str:
        """Return the name of the ONNX value (NCHW) that holds `tensor`."""
        if tensor.index not in self._values:
            raise ConversionError(f"tensor {tensor.index} {list(tensor.shape)} is read before any operator wrote it")
        return self._values[tensor.index]

    def bind(self, tensor: Tensor) -> str:
        """Name the ONNX value that the caller is about to write for `tensor`."""
        return self._values.setdefault(tensor.index, f"t{tensor.index}")

    def set_constant(self, tensor: Tensor, values: NDArray[Any]) -> None:
        """Remember what a constant holds; nothing is written until a handler adds it as a weight."""
        self._constants[tensor.index] = values

    def constant(self, operator: Operator, position: int) -> NDArray[Any]:
        """Return the values of an operator's constant input, in TFLite's layout."""
        tensor = operator.inputs[position]
        values = self._constants.get(tensor.index, tensor.data)
        if values is None:
            raise ConversionError(
                f"{operator.name}: input {position} must be a constant, but it is computed at run time"
            )
        return values

    def add_node(self, op_type: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append one ONNX node with one output and return that output's name."""
        self._nodes.append(helper.make_node(op_type, inputs, [output], **attributes))
        return output

    def add_weight(self, name: str, values: NDArray[Any]) -> str:
        """Store weights; float16 gets a Cast, which runtimes fold when a session starts."""
        if self._rounding and values.dtype == np.float32:
            values = values.astype(np.float16)
        if values.dtype != np.float16:
            return self.add_constant(name, values)
        self.add_constant(f"{name}_f16", values)
        return self.add_node("Cast", [f"{name}_f16"], name, to=onnx.TensorProto.FLOAT)

    def add_constant(self, name: str, values: NDArray[Any] | np.generic) -> str:
        """Store an array as it is."""
        self._initializers.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def to_model(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        """Return the checked model; its bytes depend on the graph alone."""
        return checked_model(self._nodes, name, inputs, outputs, self._initializers)


def checked_model(
    nodes: Sequence[onnx.NodeProto],
    name: str,
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    initializers: Sequence[onnx.TensorProto],
) -> onnx.ModelProto:
    """Return a model of these parts that ONNX's checker accepts; its bytes depend on them alone."""
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="pyselfie",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def describe(name: str, shape: Sequence[int]) -> onnx.ValueInfoProto:
    """Return the description of a float32 input or output."""
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
