"""The networks in WebAssembly and on the GPU: the same masks as natively, and the GPU leaves nothing to the CPU."""

from __future__ import annotations

import base64

import numpy as np
import onnx
import pytest
from PIL import Image

from builder.paths import ROOT
from models.lean.depthwise import depthwise_by_rows
from models.lean.recipe import PASSES, lean
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.models.session_kit import BUILDS, open_session
from tests.parity.test_mediapipe import MEAN_TOLERANCE

MODELS = ROOT / "models"
PHOTO = ROOT / "examples" / "astronaut.jpg"
SMOOTHING = 0.85

# Runs the model and returns all that can be read, in base64.
ANSWER = """
async ([picture, names]) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  await run(new Float32Array(bytes.buffer));
  const found = {};
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = await read(name);
    found[name] = new Uint8Array(buffer, byteOffset, byteLength).toBase64();
  }
  return found;
}
"""


@pytest.fixture(params=["general", "landscape"])
def model(request):
    return request.param


@pytest.fixture
def edges():
    return "refined"


@pytest.fixture
def spec(model, edges):
    """Return what the desktop runs."""
    return load_spec(model, edges)


def as_page_spec(spec):
    """Return what the bridge calls a Spec."""
    lists = {name: [one._asdict() for one in getattr(spec, name)] for name in ("state", "settings", "extras")}
    optimised = bool(spec.backends)
    return {"input": spec.input._asdict(), "output": spec.output._asdict(), "optimised": optimised, **lists}


@pytest.fixture(params=BUILDS)
def build(request):
    return request.param


def lean_for_gpu(model):
    """Return the network with all rewrites but the one that ONNX Runtime Web 1.30 computes wrongly on WebGPU."""
    passes = [rewrite for rewrite in PASSES if rewrite is not depthwise_by_rows]
    return lean(onnx.load(MODELS / load_spec(model).file), passes).SerializeToString()


@pytest.fixture
def lines():
    """Return where the console's lines go."""
    return []


@pytest.fixture
def page(launch, site, model, edges, build, lines):
    """Return a page that has the model, in WebAssembly or on GPU buffers."""
    spec = load_spec(model, edges, build)
    is_lean = (build, edges) == ("webgpu", "raw")
    file, body = ("lean.onnx", lean_for_gpu(model)) if is_lean else (spec.file, None)

    def launch_and_listen(*flags):
        page = launch(*flags)
        page.on("console", lambda message: lines.append(message.text))
        return page

    is_talkative = (build, edges) == ("webgpu", "refined")
    page = open_session(launch_and_listen, site, build, file, as_page_spec(spec), body=body, is_talkative=is_talkative)
    if spec.settings:
        page.evaluate(f"session.set('smoothing', {SMOOTHING})")
    return page


def film(spec, build):
    """Return frames: the photo, with noise and a part of it moved, and all of it moved, as by a cut.

    SwiftShader takes six seconds for a frame of the general model, so on the GPU each model has one of the last two.
    """
    photo = np.asarray(Image.open(PHOTO).convert("RGB").resize((spec.width, spec.height))) / 255
    noisy = np.clip(photo + np.random.default_rng(1).normal(0, 0.004, photo.shape), 0, 1)
    moved = np.roll(photo, 4, axis=1)
    part = np.s_[spec.height // 2 :, :48]
    noisy[part] = moved[part]
    frames = {"photo": photo, "partly": noisy, "cut": moved}
    if build == "webgpu":
        frames.pop("cut" if spec.name == "general" else "partly")
    return {name: np.ascontiguousarray(one[None], np.float32) for name, one in frames.items()}


def kinds(still):
    """Return whether the scene has moved, and whether it stands, somewhere."""
    return bool(still.min() < 0.01), bool(still.max() > SMOOTHING - 0.01)


def run(page, picture, like):
    """Return what the page's model gives, in arrays as in `like`."""
    answer = page.evaluate(ANSWER, [base64.b64encode(picture.tobytes()).decode(), list(like)])
    return {
        name: np.frombuffer(base64.b64decode(answer[name]), np.float32)[: values.size].reshape(values.shape)
        for name, values in like.items()
    }


def test_the_browser_computes_what_the_desktop_computes(page, spec, build, lines):
    """Masks and all that painters read, over frames with state; on the GPU no node is left to the CPU.

    A frame that is no number is forgotten with the next one. That is the same graph in both models, and on the GPU
    tried with the smaller one.
    """
    native = NativeRuntime(spec)
    native.set("smoothing", SMOOTHING)
    masks = []
    for kind, picture in film(spec, build).items():
        expected = {"mask": native.run_sync(picture), **{name: native.extra(name) for name, _ in spec.extras}}
        assert kinds(expected["still"]) == (True, kind == "partly")
        found = run(page, picture, expected)
        masks.append(found["mask"])
        for name, values in expected.items():
            error = np.abs(found[name] - values)
            assert error.max() < 2e-2, name
            assert error.mean() < (2e-5 if name == "mask" else 2e-4), name
    if (spec.name, build) != ("general", "webgpu"):
        broken = np.full_like(picture, np.nan)
        assert np.isfinite(run(page, broken, expected)["mask"]).all()
        after = run(page, film(spec, build)["photo"], expected)["mask"]
        assert np.abs(after - masks[0]).max() < 2 / 255, "a broken frame stays"
    if build == "webgpu":
        assert any("All nodes placed on [WebGpuExecutionProvider]" in line for line in lines)


@pytest.mark.parametrize("edges", ["raw"])
def test_the_network_alone_computes_what_the_desktop_computes(page, spec, build):
    """Its mask keeps to what tests/parity hold the desktop's to; the GPU gets those rewrites that it may take."""
    picture = film(spec, build)["photo"]
    expected = NativeRuntime(spec).run_sync(picture)
    assert np.abs(run(page, picture, {"mask": expected})["mask"] - expected).mean() < MEAN_TOLERANCE
