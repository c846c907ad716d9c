"""The effects of examples/effects in the page, on both painters: the pixels that they have on the desktop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image

from builder.paths import ROOT
from pyselfie.arrays.custom import CustomPainter
from pyselfie.custom.source import load_effect
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_watch import faults, seen, watch_gpu
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver, png_base64
from tests.browser.stand_in import stand_in
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

TEXTS = {path.stem: path.read_text() for path in sorted((ROOT / "examples" / "effects").glob("*.py"))}
NAMES = [name for name, text in TEXTS.items() if "classes" not in text]  # those with are `test_multiclass`'s
OVERLAYS = [name for name in NAMES if load_effect(TEXTS[name]).kind == "overlay"]
TOLERANCE = 2  # of 255
LANDSCAPE = 1

READ = f"mapAsync {256 * 144 * (4 + 4) + 144}"
"""Sample, mask and look of a frame, at once."""
PUSH_FILM = """
async (png) => {
  const picture = await bitmap(png);
  const before = seen.length;
  engine.push(new VideoFrame(picture, { timestamp: before }));
  return until((event) => event.type === "frame" && seen.indexOf(event) >= before, "frame");
}
"""

Pages = Callable[[str], tuple[EngineDriver, np.ndarray]]


@pytest.fixture(scope="module")
def pages(
    browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str], site: Server, astronaut: np.ndarray
) -> Iterator[Pages]:
    """Return a function that gives the engine of a painter, and the photo that it shows; each is started once.

    Chromium's Canvas 2D enlarges in steps of 1/16 pixel, which a photo of twice the mask's size needs no more of. The
    other one has a stand-in for the smaller model, as no GPU computes here.
    """
    small = np.asarray(Image.fromarray(astronaut[:400]).resize((321, 251), Image.Resampling.LANCZOS))
    photos = {"canvas2d": ((), "wasm", 0, astronaut), "webgpu": (WEBGPU_FLAGS, "webgpu", LANDSCAPE, small)}
    engines: dict[str, EngineDriver] = {}
    guards: list[Guard] = []

    def page_of(painter: str) -> tuple[EngineDriver, np.ndarray]:
        flags, backend, model, photo = photos[painter]
        if painter not in engines:
            context = browser_for(flags).new_context()
            guards.append(Guard(context, origins))
            page = cast("GuardedPage", context.new_page())
            driver = EngineDriver(stand_in(watch_gpu(page)) if flags else page, site.url, backend, painter)
            assert driver.start(effect="mask", modelSelection=model)["painter"] == painter
            driver.show(photo)
            engines[painter] = driver
        return engines[painter], photo

    yield page_of
    told = [engine.log("notice", "error", "backendchange") for engine in engines.values()]
    assert not any(told), "the painter or the backend has changed, or an effect has failed"
    found = faults(engines["webgpu"]) if "webgpu" in engines else []
    for engine in engines.values():
        engine.page.context.close()
    assert found == [], Counter(found)
    assert not any(guard.faults() for guard in guards)


def use(engine: EngineDriver, source: str | None) -> None:
    """Paint by an effect of one's own; None: by the options' effect."""
    engine.page.evaluate("(source) => engine.setCustomEffect(source)", source)


def shown(engine: EngineDriver, text: str) -> np.ndarray:
    """Return what the page shows with an effect that has just begun."""
    position = engine.position()
    use(engine, text)
    found = engine.snapshot()[..., :3].astype(int)
    told = engine.wait_for("effect", after=position)
    use(engine, None)
    own = load_effect(text)
    assert (told["kind"], told["error"]) == (own.kind, None)
    assert [control["name"] for control in told["controls"]] == [control.name for control in own.controls]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_example_on_canvas_2d(pages: Pages, name: str) -> None:
    """It paints what it paints on the desktop, of either kind, and tells its controls."""
    engine, photo = pages("canvas2d")
    found = shown(engine, TEXTS[name])
    expected = CustomPainter(load_effect(TEXTS[name]))(photo, engine.mask())
    assert np.abs(found - expected).max() <= TOLERANCE + is_firefox(engine.page)  # whose canvas rounds otherwise


@pytest.mark.parametrize("name", OVERLAYS)
def test_example_on_webgpu(pages: Pages, name: str) -> None:
    """The same of an overlay, without another painter."""
    engine, photo = pages("webgpu")
    found = shown(engine, TEXTS[name])
    expected = CustomPainter(load_effect(TEXTS[name]), LANDSCAPE)(photo, engine.mask())
    assert np.abs(found - expected).max() <= TOLERANCE


def test_an_overlay_of_a_film_on_webgpu(pages: Pages) -> None:
    """Each frame costs one readback of known size; mirrored, it is the mirrored picture's; then nothing is read."""
    engine, photo = pages("webgpu")
    use(engine, TEXTS["pixelate"])
    engine.snapshot()

    def read() -> Counter[str]:
        return Counter(name for name in seen(engine, "readbacks") if name != "convertToBlob")

    before = read()
    for _ in range(2):
        engine.page.evaluate(PUSH_FILM, png_base64(photo))
    assert read() - before == Counter({READ: 2})
    before = read()
    engine.options(mirror=True)
    found = engine.snapshot()[..., :3].astype(int)
    assert read() == before
    expected = CustomPainter(load_effect(TEXTS["pixelate"]), LANDSCAPE)(photo[:, ::-1], engine.mask()[:, ::-1])
    assert np.abs(found - expected).max() <= TOLERANCE
    engine.options(mirror=False)
    use(engine, None)
    engine.page.evaluate(PUSH_FILM, png_base64(photo))
    assert read()[READ] == before[READ]
