"""Tiny `.tflite` models for the converter's tests: built here, run by TFLite itself and by the converted ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
import onnxruntime
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from models.network import convert_graph
from models.reader import read_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPES = {"float32": schema.TensorType.FLOAT32, "float16": schema.TensorType.FLOAT16, "int32": schema.TensorType.INT32}


class TinyModel:
    """A model under construction: tensors and operators in the order they are added."""

    def __init__(self) -> None:
        self._tensors: list[Any] = []
        # Buffer 0 is empty by definition: tensors without values refer to it.
        self._buffers: list[Any] = [schema.BufferT()]
        self._codes: list[Any] = []
        self._operators: list[Any] = []

    def tensor(self, *shape: int) -> int:
        """Add a tensor that is computed at run time and return its index."""
        return self._add_tensor(shape, "float32", 0)

    def constant(self, values: NDArray[Any]) -> int:
        """Add a constant and return its index."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self._buffers.append(buffer)
        return self._add_tensor(values.shape, str(values.dtype), len(self._buffers) - 1)

    def weights(self, values: NDArray[Any]) -> int:
        """Add float16 values with the DEQUANTIZE that MediaPipe's models have; return the float32 tensor."""
        result = self.tensor(*values.shape)
        self.op("DEQUANTIZE", [self.constant(values.astype(np.float16))], result)
        return result

    def _add_tensor(self, shape: tuple[int, ...], dtype: str, buffer: int) -> int:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), _TYPES[dtype], buffer
        tensor.name = f"tensor{len(self._tensors)}"
        self._tensors.append(tensor)
        return len(self._tensors) - 1

    def op(
        self, name: str, inputs: list[int], output: int, options: Any = None, custom: bytes = b"", version: int = 1
    ) -> None:
        """Add an operator: a built-in one by its TFLite name, or a custom one where that name is none."""
        operator, code = schema.OperatorT(), schema.OperatorCodeT()
        builtin = getattr(schema.BuiltinOperator, name, schema.BuiltinOperator.CUSTOM)
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), version
        if builtin == schema.BuiltinOperator.CUSTOM:
            code.customCode = name
            operator.customOptions = list(custom)
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        operator.opcodeIndex, operator.inputs, operator.outputs = len(self._codes), inputs, [output]
        self._codes.append(code)
        self._operators.append(operator)

    def to_bytes(self, source: int, result: int) -> bytes:
        """Return the file of a model with one input and one output."""
        graph, model = schema.SubGraphT(), schema.ModelT()
        graph.tensors, graph.operators, graph.inputs, graph.outputs = self._tensors, self._operators, [source], [result]
        model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], self._buffers, self._codes
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def options(kind: str, **values: Any) -> Any:
    """Return an options table, such as `Conv2DOptions`, with some fields set."""
    table = getattr(schema, f"{kind}T")()
    for name, value in values.items():
        if not hasattr(table, name):
            raise AttributeError(f"{kind} has no field {name}")
        setattr(table, name, value)
    return table


def picture(*shape: int) -> NDArray[np.float32]:
    """Return an input of mixed sign, the same every time."""
    return np.random.default_rng(7).uniform(-4, 4, shape).astype(np.float32)


def uniform(*shape: int) -> NDArray[np.float32]:
    """Return small weights of mixed sign, the same every time."""
    return np.random.default_rng(11).uniform(-0.5, 0.5, shape).astype(np.float32)


def add_global_average(model: TinyModel, source: int, result: int, size: tuple[int, int]) -> None:
    """Add a pool over the whole picture."""
    height, width = size
    settings = options(
        "Pool2DOptions",
        padding=schema.Padding.VALID,
        filterHeight=height,
        filterWidth=width,
        strideH=height,
        strideW=width,
    )
    model.op("AVERAGE_POOL_2D", [source], result, settings)


def resize_model(height: int, width: int, **settings: bool) -> bytes:
    """Return a model that resizes [1,5,6,4] to another size."""
    model = TinyModel()
    source, result = model.tensor(1, 5, 6, 4), model.tensor(1, height, width, 4)
    size = model.constant(np.array([height, width], np.int32))
    model.op("RESIZE_BILINEAR", [source, size], result, options("ResizeBilinearOptions", **settings))
    return model.to_bytes(source, result)


def run_tflite(model: bytes, source: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what TFLite's own kernels compute."""
    interpreter = Interpreter(
        model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], source)
    interpreter.invoke()
    result: NDArray[np.float32] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return result


def run_onnx(model: bytes, source: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what ONNX Runtime computes with the converted model."""
    converted = convert_graph(read_graph(model), "tiny").SerializeToString()
    session = onnxruntime.InferenceSession(converted, providers=["CPUExecutionProvider"])
    [result] = session.run(None, {"image": source})
    return np.asarray(result)
