"""A model of six nodes that carries three tensors from one frame to the next, and what the manifest says of it.

One of the three begins with another value than zero, one is the mask itself; a setting goes in, and two more outputs
come out, one of which is carried on as well.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

HEIGHT, WIDTH = 2, 4
STEP = 0.25
FIRST_LEVEL = -2.0
ENTRY: dict[str, Any] = {
    "name": "tiny",
    "model_selection": 0,
    "edges": "raw",
    "file": "tiny.onnx",
    "input": {"name": "image", "shape": [1, HEIGHT, WIDTH, 3]},
    "output": {"name": "mask", "shape": [1, 1, HEIGHT, WIDTH]},
    "state": [
        {"input": "level", "output": "next_level", "shape": [1, 1, 1, 1], "initial": FIRST_LEVEL},
        {"input": "before", "output": "now", "shape": [1, HEIGHT, WIDTH, 1]},
        {"input": "last_mask", "output": "mask", "shape": [1, 1, HEIGHT, WIDTH]},
    ],
    "settings": [{"name": "gain", "shape": [1], "initial": 1}],
    "extras": [
        {"name": "now", "shape": [1, HEIGHT, WIDTH, 1]},
        {"name": "past", "shape": [1, 1, HEIGHT, WIDTH]},
    ],
}


def tiny_model() -> bytes:
    """Return a model whose mask is `gain` times the red of the frame before, plus the level, which grows by `STEP`.

    Extras are the red of this frame, "now", and the last mask, "past".
    """
    nodes = [
        helper.make_node("Slice", ["image", "begin", "end", "axis"], ["now"]),
        helper.make_node("Transpose", ["before"], ["flat"], perm=[0, 3, 1, 2]),
        helper.make_node("Mul", ["flat", "gain"], ["red"]),
        helper.make_node("Add", ["red", "level"], ["mask"]),
        helper.make_node("Add", ["level", "step"], ["next_level"]),
        helper.make_node("Mul", ["last_mask", "one"], ["past"]),
    ]
    constants = {
        "begin": np.array([0]),
        "end": np.array([1]),
        "axis": np.array([3]),
        "step": np.full((1, 1, 1, 1), STEP, np.float32),
        "one": np.ones(1, np.float32),
    }
    state = ENTRY["state"]
    carried = [{"name": one["output"], **one} for one in state[:2]]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            _value(one)
            for one in (ENTRY["input"], *({"name": one["input"], **one} for one in state), *ENTRY["settings"])
        ],
        [_value(one) for one in (ENTRY["output"], *carried, ENTRY["extras"][1])],
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
