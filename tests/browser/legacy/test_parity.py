"""The real @mediapipe/selfie_segmentation beside ours in one page: the same masks, the same composite."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bench.site import bench_server
from builder.paths import NODE_MODULES
from tests.browser.legacy.legacy_kit import TOOLS, WAIT_MS, encoded, people, pixels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.guard import GuardedPage

MOST_MEAN_DIFFERENCE = 2e-3
LEAST_OVERLAP = 0.998
LEAST_EQUAL_PIXELS = 0.99

_MIRRORED = [("crop", True), ("scene", True)]

_PAGE = """<!doctype html><html lang=en><title>Side by side</title><link rel=icon href="data:,">
<body><script src="/modules/@mediapipe/selfie_segmentation/selfie_segmentation.js"></script>"""

_LOAD = """async () => {
  const original = new SelfieSegmentation({ locateFile: (file) => `/modules/@mediapipe/selfie_segmentation/${file}` });
  const library = await import("/dist/js/mediapipe/index.js");
  window.segmenters = { original, ours: new library.SelfieSegmentation() };
}"""

_SEGMENT = """async ({ png, options }) => {
  const image = await picture(png);
  const { naturalWidth: width, naturalHeight: height } = image;
  const seen = { width, height };
  for (const [name, segmenter] of Object.entries(segmenters)) {
    let results;
    segmenter.onResults((found) => { results = found; });
    segmenter.setOptions(options);
    await segmenter.send({ image });
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(results.segmentationMask, 0, 0, width, height);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "#00FF00";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "destination-atop";
    context.drawImage(results.image, 0, 0, width, height);
    const composite = context.getImageData(0, 0, width, height).data;
    seen[name] = [bytes(results.image), bytes(results.segmentationMask), composite].map(text);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def side_by_side(dist: Path, origins: set[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve both libraries from one origin, allowing everything: the original builds code from strings."""
    folder = tmp_path_factory.mktemp("parity")
    (folder / "page.html").write_text(_PAGE)
    with bench_server({"dist": dist, "modules": NODE_MODULES, "pages": folder}) as site:
        origins.add(site.url.rstrip("/"))
        yield site.url


@pytest.fixture
def page(launch: Callable[..., GuardedPage], side_by_side: str) -> GuardedPage:
    page = launch()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{side_by_side}pages/page.html")
    page.evaluate(TOOLS)
    page.evaluate(_LOAD)
    return page


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the intersection over the union of what lies above one half."""
    one, other = one > 0.5, other > 0.5
    return float((one & other).sum() / (one | other).sum())


def _colours(pixels: np.ndarray) -> np.ndarray:
    """Return the colours of all that isn't transparent, each a number."""
    return np.unique(pixels[pixels[..., 3] > 0][:, :3] @ np.array([1 << 16, 1 << 8, 1]))


def _compare(seen: dict[str, Any]) -> dict[str, Any]:
    shape = seen["width"], seen["height"]
    theirs, ours = ([pixels(part, *shape) for part in seen[name]] for name in ("original", "ours"))
    masks = theirs[1][..., 3] / 255, ours[1][..., 3] / 255
    off = np.abs(theirs[2].astype(int) - ours[2]).max(axis=-1)
    return {
        "same image": bool((theirs[0] == ours[0]).all()),
        "mean difference": float(np.abs(masks[0] - masks[1]).mean()),
        "overlap": _overlap(*masks),
        "equal pixels": float((off <= 2).mean()),
        "colours": {f"#{color:06x}" for found in (theirs, ours) for color in _colours(found[1])},
    }


@pytest.mark.chromium("MediaPipe's original wants WebGL, which Firefox lacks without a GPU")
def test_masks_and_composites_are_the_originals(page: GuardedPage) -> None:
    """On five pictures, with both models, and mirrored on two: image, mask and the example's composite agree."""
    found = {}
    pictures = people()
    for model, (name, selfie) in product((0, 1), [*((name, False) for name in pictures), *_MIRRORED]):
        options = {"modelSelection": model, "selfieMode": selfie}
        seen = page.evaluate(_SEGMENT, {"png": encoded(pictures[name]), "options": options})
        found[name, model, selfie] = _compare(seen)
    report = "\n".join(f"{key}: {figures}" for key, figures in found.items())
    for figures in found.values():
        assert figures["same image"], report
        assert figures["colours"] == {"#ff0000"}, report
        assert figures["mean difference"] <= MOST_MEAN_DIFFERENCE, report
        assert figures["overlap"] >= LEAST_OVERLAP, report
        assert figures["equal pixels"] >= LEAST_EQUAL_PIXELS, report
