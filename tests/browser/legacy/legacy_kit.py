"""What the tests of the legacy API share: pages with it, pictures for it, sites that are not dist/ itself."""

from __future__ import annotations

import base64
import os
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.npm import ensure_node_modules
from builder.paths import CACHE, ROOT
from builder.stamps import write_atomically
from tests.browser.harness import png_base64
from tests.browser.workers import open_ears
from tests.parity.pictures import build, sample

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Route

    from tests.browser.guard import GuardedPage

WAIT_MS = 120_000

TOOLS = """() => {
window.picture = async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  return image;
};
window.plain = (color, width = 64, height = 48) => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, width, height);
  return canvas;
};
window.bytes = (drawable) => {
  const { width, height } = drawable;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(drawable, 0, 0);
  return context.getImageData(0, 0, width, height).data;
};
window.pixel = (drawable, x = 3, y = 3) => [...bytes(drawable).slice(4 * (y * drawable.width + x)).slice(0, 4)];
window.text = (data) => {
  let letters = "";
  for (let at = 0; at < data.length; at += 8192) letters += String.fromCharCode(...data.subarray(at, at + 8192));
  return btoa(letters);
};
window.outcome = (promise) => promise.then((value) => value ?? "fine", (error) => `${error.name}: ${error.message}`);
}"""
"""Function for `Page.evaluate`: pictures in, pixels out, and how a promise ended."""

_SCRIPT = "<!doctype html><html lang=en><title>Legacy</title><script src='selfie_segmentation.js'></script>"


def open_page(page: GuardedPage, url: str, body: str = _SCRIPT) -> None:
    """Open a page at the site's root with the real server's headers: strict policy, isolation."""

    def answer(route: Route) -> None:
        response = route.fetch(url=route.request.url.replace("blank.html", "index.html"))
        route.fulfill(response=response, body=body)

    page.set_default_timeout(WAIT_MS)
    page.route("**/blank.html", answer)
    open_ears(page)
    page.goto(f"{url}blank.html")
    page.evaluate(TOOLS)


def pixels(encoded: str, width: int, height: int) -> NDArray[np.uint8]:
    """Return what `text(bytes(drawable))` gave, uint8 [height, width, 4], straight RGBA."""
    return np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(height, width, 4)


def people() -> dict[str, NDArray[np.uint8]]:
    """Return pictures with somebody on them, from scikit-image's wheel: whole, cropped, stretched, composed."""
    astronaut = sample("astronaut")
    return {
        "astronaut": astronaut,
        "crop": astronaut[:400, :450],
        "cameraman": sample("camera"),
        "scene": build("640x480"),
        "tall": build("333x777"),
    }


def encoded(picture: NDArray[np.uint8]) -> str:
    """Return a picture as base64 PNG."""
    return png_base64(np.ascontiguousarray(picture))


def link_tree(source: Path, target: Path) -> None:
    """Put `source` at `target` without copying where the file system can."""

    def link(old: Any, new: Any) -> None:
        try:
            os.link(old, new)
        except OSError:
            shutil.copyfile(old, new)

    shutil.copytree(source, target, copy_function=link)


def set_up_example(name: str) -> Path:
    """Return a working copy of ``examples/<name>``, its npm packages installed as its lock says."""
    source, target = ROOT / "examples" / name, CACHE / "examples" / name
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)
    photo = ROOT / "examples" / "astronaut.jpg"
    write_atomically(target.parent / photo.name, photo.read_bytes())  # another worker may be serving it
    if (source / "package-lock.json").exists():
        ensure_node_modules(target)
    return target


def put_dist(dist: Path, folder: Path) -> None:
    """Put dist/ into `folder` as ``pyselfie/``, as somebody who hosts it does."""
    shutil.rmtree(folder / "pyselfie", ignore_errors=True)
    link_tree(dist, folder / "pyselfie")
