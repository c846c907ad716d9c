"""The Solution API in a page that has Pyodide, our wheel and a built site and nothing else, as JupyterLite has."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from builder.policy import CONTENT_SECURITY_POLICY
from builder.serve import Server
from builder.wheels import ensure_wheel
from pyselfie import SelfieSegmentation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

_NEEDED = (
    "vendor/pyodide/*[!rz]",  # not the .br and .gz beside them
    "vendor/onnxruntime/ort.wasm.min.mjs",
    "vendor/onnxruntime/ort-wasm-simd-threaded.mjs",
    "vendor/onnxruntime/ort-wasm-simd-threaded.wasm",
    "js/ort_bridge.js",
    "python/numpy-*.whl",
)
_BOOT = """
async (wheels) => {
  const { loadPyodide } = await import(new URL("vendor/pyodide/pyodide.mjs", location.href).href);
  globalThis.pyodide = await loadPyodide({ indexURL: new URL("vendor/pyodide/", location.href).href });
  pyodide._module.mergeLibSymbols({ backtrace: () => 0 }, "numpy");
  for (const wheel of wheels) pyodide.unpackArchive(await (await fetch(wheel)).arrayBuffer(), "wheel");
}
"""
_RUN = "async (code) => pyodide.runPythonAsync(code)"
_RUN_PLAINLY = "(code) => pyodide.runPython(code)"
# A picture that both sides make, and a digest of its mask small enough to send.
_PICTURE = """
import numpy as np
picture = np.load("/picture.npy")
def digest(mask):
    return [str(mask.dtype), list(mask.shape), mask[::16, ::16].ravel().tolist()]
"""


@pytest.fixture(scope="module")
def bare_server(dist: Path, origins: set[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the parts; Python reaches `import()` by `eval` only, so the page allows that, as JupyterLite's do."""
    folder = tmp_path_factory.mktemp("bare")
    for pattern in _NEEDED:
        for file in dist.glob(pattern):
            target = folder / file.relative_to(dist)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    shutil.copy(ensure_wheel(), folder)
    (folder / "index.html").write_text('<!doctype html><title>bare</title><link rel="icon" href="data:,">')
    policy = CONTENT_SECURITY_POLICY.replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'")
    with Server(folder, headers={"Content-Security-Policy": policy}) as server:
        origins.add(server.url.rstrip("/"))
        yield server


@pytest.fixture
def bare(bare_server: Server, launch: Callable[..., Page], astronaut: np.ndarray) -> Page:
    """Return the page once Python is there, with a picture in its file system."""
    page = launch()
    page.goto(bare_server.url)
    wheels = [file.relative_to(bare_server.directory).as_posix() for file in bare_server.directory.rglob("*.whl")]
    page.evaluate(_BOOT, sorted(wheels, reverse=True))
    pixels = np.ascontiguousarray(astronaut[::2, ::2])
    page.evaluate(
        "([data, shape]) => { globalThis.pixels = data; globalThis.shape = shape; }",
        [pixels.ravel().tolist(), list(pixels.shape)],
    )
    page.evaluate(
        _RUN,
        "import js, numpy as np\nnp.save('/picture.npy', np.array(js.pixels.to_py(), np.uint8).reshape(js.shape.to_py()))",
    )
    page.evaluate(_RUN, _PICTURE)
    return page


def answer(page: Page, code: str) -> Any:
    """Run `code`, whose last line is an expression, and return its value."""
    lines = code.strip().splitlines()
    return json.loads(page.evaluate(_RUN, "\n".join([*lines[:-1], f"import json; json.dumps({lines[-1]})"])))


def test_same_import_segments_in_a_bare_page(bare: Page, astronaut: np.ndarray) -> None:
    """`process_async` and, by JSPI, plain `process` give the desktop's mask."""
    masks = answer(
        bare,
        """
import pyselfie as mp_selfie_segmentation
await mp_selfie_segmentation.use_site(".")
with mp_selfie_segmentation.SelfieSegmentation(model_selection=1) as segmenter:
    first = (await segmenter.process_async(picture)).segmentation_mask
    second = segmenter.process(picture).segmentation_mask
[digest(first), digest(second)]
""",
    )
    with SelfieSegmentation(model_selection=1) as segmenter:
        expected = segmenter.process(np.ascontiguousarray(astronaut[::2, ::2])).segmentation_mask
    for dtype, shape, values in masks:
        assert (dtype, tuple(shape)) == ("float32", expected.shape)
        assert np.abs(np.array(values) - expected[::16, ::16].ravel()).mean() < 2e-4
