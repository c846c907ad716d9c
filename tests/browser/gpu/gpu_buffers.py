"""The buffers of a model on the GPU, read and written from a test."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

_WRITE = """
for name, data in json.loads({data!r}).items():
    gpu.write(runtime.buffer(name), np.frombuffer(base64.b64decode(data), np.float32))
"""

# The model takes most of a second on SwiftShader; without it its outputs stay as a test has filled them.
SKIP_MODEL = """
(async () => {
  const entries = performance.getEntriesByType("resource");
  const { name } = entries.find((entry) => /ort\\.(jspi|webgpu)\\.min\\.mjs$/.test(entry.name));
  const { InferenceSession } = await import(name);
  InferenceSession.prototype.run = async () => ({});
})()
"""


def in_pipeline(engine: EngineDriver, code: str) -> str:
    """Run Python in the worker, where `pipeline` is the engine's, and return what its last line gives."""
    result: str = engine.in_worker(f"pyodide.runPythonAsync({json.dumps(_FIND + code)})")
    return result


def read_buffers(engine: EngineDriver, **shapes: tuple[int, ...]) -> dict[str, NDArray[np.float32]]:
    """Return the model's outputs of these names, in these shapes."""
    found = json.loads(in_pipeline(engine, _READ.format(names=tuple(shapes))))
    floats = {name: np.frombuffer(base64.b64decode(data), np.float32) for name, data in found.items()}
    return {name: floats[name][: np.prod(shape)].reshape(shape) for name, shape in shapes.items()}


def write_buffers(engine: EngineDriver, **values: NDArray[np.float32]) -> None:
    """Put these numbers where the model's outputs are."""
    data = {name: base64.b64encode(array.astype(np.float32).tobytes()).decode() for name, array in values.items()}
    in_pipeline(engine, _WRITE.format(data=json.dumps(data)))
