"""The buffers of a model on the GPU, read and written from a test."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Literal

import numpy as np

from pyselfie.core.sampling import resize_half_pixel
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Route

    from pyselfie.core.manifest import ModelSpec
    from tests.browser.guard import GuardedPage
    from tests.browser.harness import EngineDriver

_FIND = """
import base64, gc, json
import numpy as np
from pyselfie.browser.webgpu.pipeline import GpuPipeline
from pyselfie.browser.webgpu.readback import read_floats

pipelines = [found for found in gc.get_objects() if isinstance(found, GpuPipeline) and found._segmenter is not None]
[pipeline] = pipelines
gpu, runtime = pipeline._gpu, pipeline._segmenter._runtime
"""

_READ = """
found = {{}}
for name in {names}:
    found[name] = base64.b64encode((await read_floats(gpu, runtime.buffer(name)))[0].tobytes()).decode()
json.dumps(found)
"""

_READ_INPUT = """
base64.b64encode((await read_floats(gpu, pipeline._segmenter.model.tensor))[0].tobytes()).decode()
"""

_WRITE = """
for name, data in json.loads({data!r}).items():
    gpu.write(runtime.{which}(name), np.frombuffer(base64.b64decode(data), np.float32))
"""

_RUN = "await this.#session.run("


def leave_model_out(page: GuardedPage) -> GuardedPage:
    """Return `page`, whose engines' models run when `run_model` says so: SwiftShader takes seconds for a frame.

    Without it a model's outputs stay as a test has filled them. Nor is it warmed up, which compiles all its shaders.
    """

    def answer(route: Route) -> None:
        response = route.fetch()
        text = response.text()
        assert text.count(_RUN) == 2, "for a frame, and for a glance"
        route.fulfill(response=response, body=text.replace(_RUN, f"if (self.runsModel) {_RUN}"))

    page.route("**/js/worker/gpu_session.js", answer)
    return page


def run_model(engine: EngineDriver, *, on: bool = True) -> None:
    """Have the engine's models run from here on, or no more."""
    engine.in_worker(f"self.runsModel = {json.dumps(on)}")


def in_pipeline(engine: EngineDriver, code: str) -> str:
    """Run Python in the worker, where `pipeline` is the engine's, and return what its last line gives."""
    result: str = engine.in_worker(f"pyodide.runPythonAsync({json.dumps(_FIND + code)})")
    return result


def read_buffers(engine: EngineDriver, **shapes: tuple[int, ...]) -> dict[str, NDArray[np.float32]]:
    """Return the model's outputs of these names, in these shapes."""
    found = json.loads(in_pipeline(engine, _READ.format(names=tuple(shapes))))
    floats = {name: np.frombuffer(base64.b64decode(data), np.float32) for name, data in found.items()}
    return {name: floats[name][: np.prod(shape)].reshape(shape) for name, shape in shapes.items()}


def read_input(engine: EngineDriver, spec: ModelSpec) -> NDArray[np.float32]:
    """Return what the model is shown of the frame in hand, [h, w, 3] in 0..1."""
    floats = np.frombuffer(base64.b64decode(in_pipeline(engine, _READ_INPUT)), np.float32)
    return floats[: spec.height * spec.width * 3].reshape(spec.height, spec.width, 3)


def write_buffers(engine: EngineDriver, **values: NDArray[np.float32]) -> None:
    """Put these numbers where the model's outputs are."""
    _write(engine, "buffer", values)


def _write(engine: EngineDriver, which: Literal["buffer", "aside"], values: dict[str, NDArray[np.float32]]) -> None:
    data = {name: base64.b64encode(array.astype(np.float32).tobytes()).decode() for name, array in values.items()}
    in_pipeline(engine, _WRITE.format(data=json.dumps(data), which=which))


class StandIn:
    """A model outside a browser, of which an engine gets all that it finds: what a painter makes of it is the same.

    Parameters
    ----------
    engine : EngineDriver
        Its own model has to be left out.
    spec : ModelSpec
        The model that it has loaded.
    """

    def __init__(self, engine: EngineDriver, spec: ModelSpec) -> None:
        self.runtime = NativeRuntime(spec)
        self._engine = engine

    def find(self, frame: NDArray[np.uint8], *, aside: bool = False) -> NDArray[np.float32]:
        """Put what is found in a frame, the next one of a film, where the engine looks for it; returns the mask.

        Or where it looks for what a glance finds.
        """
        runtime, spec = self.runtime, self.runtime.spec
        # not rounded to whole levels on its way, as on a GPU
        sample = resize_half_pixel(frame.astype(np.float32), spec.width, spec.height)
        mask = runtime.run_sync(np.ascontiguousarray(sample[None] / 255, np.float32))
        extras = {extra.name: runtime.extra(extra.name) for extra in spec.extras}
        _write(self._engine, "aside" if aside else "buffer", {spec.output.name: mask, **extras})
        return mask
