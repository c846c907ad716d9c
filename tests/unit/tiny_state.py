"""A model of three nodes that carries two tensors from one frame to the next, and what the manifest says of it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

HEIGHT, WIDTH = 2, 4
STEP = 0.25
ENTRY: dict[str, Any] = {
    "name": "tiny",
    "model_selection": 0,
    "file": "tiny.onnx",
    "input": {"name": "image", "shape": [1, HEIGHT, WIDTH, 3]},
    "output": {"name": "mask", "shape": [1, HEIGHT, WIDTH, 1]},
    "state": [
        {"input": "level", "output": "next_level", "shape": [1, 1, 1, 1]},
        {"input": "before", "output": "now", "shape": [1, HEIGHT, WIDTH, 1]},
    ],
}


def tiny_model() -> bytes:
    """Return a model whose mask is the red of the frame before plus `STEP` for each frame so far."""
    nodes = [
        helper.make_node("Slice", ["image", "begin", "end", "axis"], ["now"]),
        helper.make_node("Add", ["before", "level"], ["mask"]),
        helper.make_node("Add", ["level", "step"], ["next_level"]),
    ]
    constants = {
        "begin": np.array([0]),
        "end": np.array([1]),
        "axis": np.array([3]),
        "step": np.full((1, 1, 1, 1), STEP, np.float32),
    }
    state = ENTRY["state"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [_value(ENTRY["input"]), *(_value({"name": one["input"], **one}) for one in state)],
        [_value(ENTRY["output"]), *(_value({"name": one["output"], **one}) for one in state)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def tiny_entry(model: bytes) -> dict[str, Any]:
    """Return the manifest's entry of it."""
    return {**ENTRY, "bytes": len(model), "sha256": hashlib.sha256(model).hexdigest()}


def _value(tensor: dict[str, Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(tensor["name"], onnx.TensorProto.FLOAT, tensor["shape"])
