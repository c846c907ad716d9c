"""Read a TFLite flatbuffer into a few plain records, so that handlers never see flatbuffers' cursors."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import tflite

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ConversionError(Exception):
    """A model cannot be read or converted; the message says what was found and what is supported."""


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph; `data` holds the values of a constant, else None."""

    index: int
    shape: tuple[int, ...]
    data: NDArray[Any] | None


@dataclass(frozen=True)
class Operator:
    """One operation. `name` is the built-in operator's, or the custom code of a custom one.

    `options` is the op's table from the `tflite` package, None where it has none; a custom op has its raw
    `custom_options` instead.
    """

    name: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    options: Any
    custom_options: bytes


@dataclass(frozen=True)
class Graph:
    """A model of one subgraph, its operators in execution order."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    operators: tuple[Operator, ...]


_OP_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if not name.startswith("_")}
_OPTION_NAMES = {code: name for name, code in vars(tflite.BuiltinOptions).items() if not name.startswith("_")}
_DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}


def read_graph(data: bytes) -> Graph:
    """Return the only subgraph of a TFLite file's bytes.

    Raises
    ------
    ConversionError
        When the bytes are no TFLite model, or one with several subgraphs or an unsupported tensor type.
    """
    if len(data) < 8 or not tflite.Model.ModelBufferHasIdentifier(data, 0):
        raise ConversionError(f"not a TFLite model: {len(data)} bytes without the identifier TFL3 at byte 4")
    try:
        return _read_model(tflite.Model.GetRootAs(data, 0))
    except (struct.error, LookupError, TypeError, ValueError, AttributeError) as error:
        raise ConversionError(f"the TFLite file of {len(data)} bytes is damaged: {error}") from error


def _read_model(model: Any) -> Graph:
    if model.SubgraphsLength() != 1:
        raise ConversionError(f"the model has {model.SubgraphsLength()} subgraphs; one is supported")
    subgraph = model.Subgraphs(0)
    tensors = [_read_tensor(model, subgraph, index) for index in range(subgraph.TensorsLength())]
    return Graph(
        inputs=_pick(tensors, subgraph.InputsAsNumpy()),
        outputs=_pick(tensors, subgraph.OutputsAsNumpy()),
        operators=tuple(
            _read_operator(model, subgraph.Operators(index), tensors) for index in range(subgraph.OperatorsLength())
        ),
    )


def _pick(tensors: list[Tensor], indices: NDArray[np.int32]) -> tuple[Tensor, ...]:
    return tuple(tensors[int(index)] for index in indices if index >= 0)


def _read_tensor(model: Any, subgraph: Any, index: int) -> Tensor:
    tensor = subgraph.Tensors(index)
    dtype = _DTYPES.get(tensor.Type())
    if dtype is None:
        raise ConversionError(
            f"tensor {index} has TFLite type {tensor.Type()}; float32, float16 and int32 are supported"
        )
    shape = tuple(tensor.ShapeAsNumpy().tolist()) if tensor.ShapeLength() else ()
    buffer = model.Buffers(tensor.Buffer())
    if not buffer.DataLength():
        return Tensor(index, shape, None)
    return Tensor(index, shape, buffer.DataAsNumpy().view(dtype).reshape(shape))


def _read_operator(model: Any, operator: Any, tensors: list[Tensor]) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Codes below 128 are in the old field, later ones in the new; the other one holds a smaller value.
    builtin = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    is_custom = builtin == tflite.BuiltinOperator.CUSTOM
    return Operator(
        name=code.CustomCode().decode() if is_custom else _OP_NAMES[builtin],
        inputs=_pick(tensors, operator.InputsAsNumpy()),
        outputs=_pick(tensors, operator.OutputsAsNumpy()),
        options=_read_options(operator),
        custom_options=operator.CustomOptionsAsNumpy().tobytes() if operator.CustomOptionsLength() else b"",
    )


def _read_options(operator: Any) -> Any:
    table = operator.BuiltinOptions()
    if table is None:
        return None
    options = getattr(tflite, _OPTION_NAMES[operator.BuiltinOptionsType()])()
    options.Init(table.Bytes, table.Pos)
    return options
