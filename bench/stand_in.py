"""Networks of a few nodes in the models' place, where what is around a model matters: it's its shaders that cost."""

from __future__ import annotations

import base64
import json
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import helper, numpy_helper
from werkzeug.wrappers import Response

from pyselfie.core.manifest import RAW, load_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec

BRIDGE = "js/worker/ort_bridge.js"
"""The script that `bridge_with_stand_ins` changes, as the site has it."""
_OPENS = "InferenceSession.create(new Uint8Array(model)"
_OPENS_OTHER = "InferenceSession.create(standIn(model)"
_STAND_IN = """
const networks = %s;
const standIn = (model) => Uint8Array.fromBase64(networks[model.byteLength]);
"""
# The mask is half the sum of red, green and blue, at most 1, and `coefficients` say the same of each pixel. Where the
# means of both sides are equal, so is the edge's colour, whatever the mask: painters agree on it to the level.
_WEIGHT = 0.5
_COLOUR = (0.6, 0.4, 0.3)
_LEVELS = {
    "next_luma": (0.5,),
    "coefficients": (0.6 * _WEIGHT,) * 3 + (0.2,),
    "still": (0.0,),
    "person": _COLOUR,
    "outside": _COLOUR,
    "edge": _COLOUR,
}


def with_stand_ins(application: WSGIApplication) -> WSGIApplication:
    """Return an application that answers as the given one does, and has stand-ins in its BRIDGE."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith(f"/{BRIDGE}"):
            return application(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        response = Response.from_app(application, environ, buffered=True)
        if response.status_code == HTTPStatus.OK:
            response.direct_passthrough = False
            response.set_data(bridge_with_stand_ins(response.get_data(as_text=True)))
        return response(environ, start_response)

    return answer


def bridge_with_stand_ins(bridge: str) -> str:
    """Return BRIDGE's text with stand-ins for the models that are downloaded, on every backend: bright is a person."""
    if _OPENS not in bridge:
        raise ValueError(f"{BRIDGE} opens its sessions otherwise than by “{_OPENS}”: change that here, too.")
    return bridge.replace(_OPENS, _OPENS_OTHER) + _STAND_IN % _networks()


@cache
def _networks() -> str:
    """Return the stand-ins, by the size of the file that each stands in for, as JSON."""
    kinds = [(model, edges) for model in ("general", "landscape") for edges in ("raw", "refined")]
    specs = [load_spec(*kind, backend) for kind in kinds for backend in ("webgpu", "wasm")]
    return json.dumps({spec.bytes: base64.b64encode(network(spec)).decode() for spec in specs})


def mask_of(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the stand-ins' mask of a picture, float32 [..., 3] in 0..1."""
    found: NDArray[np.float32] = np.minimum(image.sum(axis=-1) * np.float32(_WEIGHT), 1)
    return found


def network(spec: ModelSpec) -> bytes:
    """Return a network that takes and gives what a model does, as an ONNX file.

    Whatever goes in has a use, and nothing that comes out is a constant: ONNX Runtime has the CPU see to those. The
    convolution changes nothing, but it's opened as the models' are: only then does ONNX Runtime 1.30 let go of the
    weights of models that were closed before it on the same GPU.
    """
    mask = spec.output
    nodes = [
        helper.make_node("MatMul", [spec.input.name, "weights"], ["sum"]),
        helper.make_node("Clip", ["sum", "none", "full"], ["alpha"]),
        helper.make_node("Reshape", ["alpha", "plane_shape"], ["plane"]),
        helper.make_node("Conv", ["plane", "same"], ["plane_again"], pads=[0, 0, 0, 1]),
        helper.make_node("Reshape", ["plane_again", "shape"], [mask.name]),
    ]
    constants = {
        "weights": np.full((3, 1), _WEIGHT, np.float32),
        "none": np.zeros((), np.float32),
        "full": np.ones((), np.float32),
        "plane_shape": np.array([1, 1, spec.height, spec.width]),
        "shape": np.array(mask.shape),
        "same": np.array([1, 0], np.float32).reshape(1, 1, 1, 2),
    }
    given = {mask.name: mask.shape, **dict(spec.extras), **{one.output: one.shape for one in spec.state}}
    before = {one.output: one.input for one in spec.state}
    if RAW in given:
        nodes += [
            helper.make_node("Mul", [spec.settings[0].name, "none"], ["zero"]),
            helper.make_node("Mul", [before[mask.name], "zero"], ["nothing"]),
            helper.make_node("Add", [mask.name, "nothing"], [RAW]),
        ]
    for name in sorted(given.keys() - {mask.name, RAW}):
        constants[name + "_level"] = np.array(_LEVELS[name], np.float32).reshape(1, -1, 1, 1)
        nodes += _same_everywhere(name, before.get(name), mask.name, spec.height // given[name][2])
    taken = {spec.input.name: spec.input.shape, **{one.name: one.shape for one in spec.settings}}
    taken |= {one.input: one.shape for one in spec.state}
    graph = helper.make_graph(
        nodes,
        "stand_in",
        [_value(*one) for one in taken.items()],
        [_value(*one) for one in given.items()],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    found: bytes = model.SerializeToString()
    return found


def _same_everywhere(name: str, like: str | None, mask: str, part: int) -> list[onnx.NodeProto]:
    """Return nodes for an output of its level, as large as `like`, or `part` times smaller than the mask."""
    small, nothing = f"{name}_small", f"{name}_nothing"
    pool = helper.make_node("AveragePool", [mask], [small], kernel_shape=[part, part], strides=[part, part])
    return [
        *([] if like else [pool]),
        helper.make_node("Mul", [like or small, "zero"], [nothing]),
        helper.make_node("Add", [nothing, name + "_level"], [name]),
    ]


def _value(name: str, shape: Sequence[int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
