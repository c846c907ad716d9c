"""The Solution API in a page that has Pyodide, our wheel and a built site and nothing else, as JupyterLite has."""

from __future__ import annotations

import base64
import io
import json
import shutil
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pytest
from PIL import Image

from builder.archives.numpy_archives import ensure_numpy
from builder.archives.wheels import ensure_packages
from builder.paths import ROOT
from builder.serving.policy import CONTENT_SECURITY_POLICY
from builder.serving.serve import Server
from pyselfie import SelfieSegmentation
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.guard import GuardedPage

_NEEDED = (
    "vendor/pyodide/*[!rz]",  # not the .br and .gz beside them
    "vendor/onnxruntime/ort.wasm.min.mjs",
    "vendor/onnxruntime/ort-wasm-simd-threaded.mjs",
    "vendor/onnxruntime/ort-wasm-simd-threaded.wasm",
    "js/worker/*.js",
    "python/numpy_late-*.zip",
)
_BOOT = """
async (archives) => {
  const { loadPyodide } = await import(new URL("vendor/pyodide/pyodide.mjs", location.href).href);
  globalThis.pyodide = await loadPyodide({ indexURL: new URL("vendor/pyodide/", location.href).href });
  pyodide._module.mergeLibSymbols({ backtrace: () => 0 }, "numpy");
  for (const file of archives) {
    const folder = file.includes("stdlib") ? "/lib/python3.12" : "/lib/python3.12/site-packages";
    pyodide.unpackArchive(await (await fetch(file)).arrayBuffer(), "zip", { extractDir: folder });
  }
}
"""
_RUN = "async (code) => pyodide.runPythonAsync(code)"
_RUN_PLAINLY = "(code) => pyodide.runPython(code)"
_WITHOUT_AWAIT = """
try:
    said = pyselfie.SelfieSegmentation().process(picture)
except RuntimeError as error:
    said = str(error)
said
"""
_PUT = "([name, data]) => pyodide.FS.writeFile(name, Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0)))"
# A digest of a mask, small enough to send; and what a notebook would show of a cell's value, as text.
_HELP = """
import base64, numpy as np
def digest(mask):
    return [str(mask.dtype), list(mask.shape), mask[::16, ::16].ravel().tolist()]
def shown(value):
    bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {}
    return {kind: base64.b64encode(data).decode() for kind, data in bundle.items()}
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
    for file in (ensure_packages().wheel, ensure_numpy().first):
        shutil.copy(file, folder)
    (folder / "index.html").write_text('<!doctype html><title>bare</title><link rel="icon" href="data:,">')
    policy = CONTENT_SECURITY_POLICY.replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'")
    with Server(folder, headers={"Content-Security-Policy": policy}) as server:
        origins.add(server.url.rstrip("/"))
        yield server


@pytest.fixture
def bare(bare_server: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray) -> GuardedPage:
    """Return the page once Python is there, with a picture in its file system."""
    page = launch()
    page.goto(bare_server.url)
    files = [
        file for pattern in ("*late*.zip", "numpy-*.zip", "*.whl") for file in bare_server.directory.rglob(pattern)
    ]
    page.evaluate(_BOOT, [file.relative_to(bare_server.directory).as_posix() for file in files])
    file = io.BytesIO()
    np.save(file, astronaut[::2, ::2])
    put(page, "picture.npy", file.getvalue())
    page.evaluate(_RUN, _HELP)
    return page


def put(page: GuardedPage, name: str, data: bytes) -> None:
    """Write a file where Python can read it."""
    page.evaluate(_PUT, [name, base64.b64encode(data).decode()])


def answer(page: GuardedPage, code: str) -> Any:
    """Run `code`, whose last line is an expression, and return its value."""
    *lines, last = code.strip().splitlines()
    return json.loads(page.evaluate(_RUN, "\n".join([*lines, f"import json; json.dumps({last})"])))


def test_same_import_segments_in_a_bare_page(bare: GuardedPage, astronaut: np.ndarray) -> None:
    """`process_async` and, by JSPI, plain `process` give the desktop's mask; several may be under way."""
    masks = answer(
        bare,
        """
import asyncio, pyselfie as mp_selfie_segmentation
picture = np.load("picture.npy")
await mp_selfie_segmentation.use_site(".")
with mp_selfie_segmentation.SelfieSegmentation(model_selection=1) as segmenter:
    together = await asyncio.gather(segmenter.process_async(picture), segmenter.process_async(picture))
    awaited = [*together, await segmenter.process_async(picture)]
    plain = segmenter.process(picture)
[digest(result.segmentation_mask) for result in [*awaited, plain]]
""",
    )
    with SelfieSegmentation(model_selection=1) as segmenter:
        expected = segmenter.process(np.ascontiguousarray(astronaut[::2, ::2])).segmentation_mask
    for dtype, shape, values in masks:
        assert (dtype, tuple(shape)) == ("float32", expected.shape)
        assert np.abs(np.array(values) - expected[::16, ::16].ravel()).mean() < 2e-4


def test_what_cannot_be_is_one_sentence(bare: GuardedPage) -> None:
    """No site yet, no site there, Python that cannot wait, and a closed segmenter: each says what to do."""
    sentences = answer(
        bare,
        """
import pyselfie
picture = np.load("picture.npy")
async def caught(work):
    try:
        await work
    except Exception as error:
        return f"{type(error).__name__}: {error}"
segmenter = pyselfie.SelfieSegmentation()
early = await caught(segmenter.process_async(picture))
nowhere = await caught(pyselfie.use_site("nothing/here"))
await pyselfie.use_site(".")
await segmenter.process_async(picture)
segmenter.close()
closed = await caught(segmenter.process_async(picture))
wrong = await caught(segmenter.process_async(picture[..., 0]))
[early, nowhere, closed, wrong]
""",
    )
    bare.expected_errors += ["404", "MIME type"]
    early, nowhere, closed, wrong = sentences
    assert early.startswith("RuntimeError: there is no ONNX Runtime Web here yet: say where a built pyselfie site is")
    assert "RuntimeError: there is no pyselfie site at" in nowhere
    assert closed == "ValueError: this SelfieSegmentation is closed; make a new one to go on"
    assert wrong.startswith(
        "ValueError: Input image must contain three channel rgb data. Got an array of shape (256, 256)"
    )
    plainly = bare.evaluate(_RUN_PLAINLY, _WITHOUT_AWAIT)
    assert "use `await segmenter.process_async(image)`" in plainly


def test_notebook_runs_in_a_bare_page(bare: GuardedPage) -> None:
    """Every cell of the example runs in the browser too, and shows the pictures that the desktop shows."""
    put(bare, "astronaut.jpg", (ROOT / "examples" / "astronaut.jpg").read_bytes())
    notebook = nbformat.read(ROOT / "examples" / "selfie_segmentation.ipynb", as_version=4)
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        bare.evaluate("async (code) => { globalThis.value = await pyodide.runPythonAsync(code); }", cell.source)
        actual = json.loads(bare.evaluate(_RUN, "import js, json; json.dumps(shown(js.value))"))
        expected = [output.data for output in cell.outputs if "data" in output]
        assert len(actual) == len(expected)
        for (_, mine), theirs in zip(actual.items(), expected, strict=True):
            assert np.abs(decoded(mine) - decoded(theirs.get("image/jpeg") or theirs["image/png"])).mean() < 4
            count += 1
    assert count == 6


def decoded(data: str) -> np.ndarray:
    """Return a picture's pixels from its file in base64."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))).astype(int)


POP = """
def pop(frame, mask, time):
    frame[mask < 0.5] = frame[mask < 0.5] // 2
    return frame if time < 1000 else None
"""


def test_custom_effect_gives_the_desktops_picture(bare: GuardedPage, astronaut: np.ndarray) -> None:
    """The same source runs in the browser, on canvases, pixel for pixel as on the desktop; mirrored, too."""
    put(bare, "pop.py", POP.encode())
    code = """
from js import ImageData, OffscreenCanvas
from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
from pyselfie.browser.canvas.shot import Shot
from pyselfie.custom.live import LiveEffect
from pyselfie.core.geometry import Size
picture = np.load("picture.npy")
frame = OffscreenCanvas.new(256, 256)
pixels = ImageData.new(256, 256)
pixels.data.assign(np.ascontiguousarray(np.dstack([picture, np.full((256, 256), 255, np.uint8)])))
frame.getContext("2d").putImageData(pixels, 0, 0)
mask = np.linspace(0, 1, 16 * 16, dtype=np.float32).reshape(16, 16).T.copy()
live = LiveEffect()
live.load(open("pop.py").read())
effect = CustomEffectCanvas(live, lambda: None)
results = []
for mirror in (False, True):
    small = {"size": Size(256, 256), "sample": None, "mask": mask, "classes": lambda: None, "mirror": mirror}
    canvas = effect.picture(live.newest, Shot(frame=frame, read=lambda _: False, **small))
    rgba = np.empty((256, 256, 4), np.uint8)
    canvas.getContext("2d").getImageData(0, 0, 256, 256).data.assign_to(rgba)
    results.append(rgba.tobytes().hex())
results
"""
    plain, mirrored = (
        np.frombuffer(bytes.fromhex(result), np.uint8).reshape(256, 256, 4) for result in answer(bare, code)
    )
    mask = resize_half_pixel(np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16).T, 256, 256)
    effect, picture = load_effect(POP, "pop", "pop.py"), np.ascontiguousarray(astronaut[::2, ::2])
    np.testing.assert_array_equal(plain[..., :3], effect(picture, mask, 0.0))
    np.testing.assert_array_equal(mirrored[..., :3], effect(picture[:, ::-1], mask[:, ::-1], 0.0))
    assert (plain[..., 3] == 255).all()
