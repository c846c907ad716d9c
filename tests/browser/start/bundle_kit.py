"""A framework's example in a page: its photo, its call, and what is left when neither is shown."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from builder.paths import NODE_MODULES, ROOT
from tests.browser.page.page_kit import KEEPS_TRACKS
from tests.browser.track.track_kit import GREY, NOTHING, TOLERANCE, WATCH, near
from tests.browser.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.guard import GuardedPage

# Where both of the models that "auto" takes see the wall (they differ about the flag), and her face.
_WALL_AND_FACE = """async () => {
  const element = document.querySelector("selfie-segmentation");
  if (!element.matches(":state(painted)")) return "nothing is painted";
  const bitmap = await createImageBitmap(await element.snapshot());
  const context = new OffscreenCanvas(512, 512).getContext("2d");
  context.drawImage(bitmap, 0, 0, 512, 512);
  const alpha = (x, y) => context.getImageData(x, y, 1, 1).data[3];
  return [bitmap.width, alpha(490, 60), alpha(225, 120)];
}"""

# Counts the tracks that processTrack makes.
_COUNTS_TRACKS = """
self.made = [];
if (self.MediaStreamTrackGenerator) {
  self.MediaStreamTrackGenerator = class extends MediaStreamTrackGenerator {
    constructor(kind) {
      super(kind);
      made.push(this);
    }
  };
} else {
  const { captureStream } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.captureStream = function (...given) {
    const stream = captureStream.apply(this, given);
    made.push(...stream.getTracks());
    return stream;
  };
}
"""

_SHOWS = f"""(colour) => {{
  const shown = seen.at(-1)?.colour;
  return shown?.every((part, index) => Math.abs(part - colour[index]) <= {TOLERANCE});
}}"""

# As a picker does it: past the property that React puts on the field, through which Firefox's driver goes.
_CHOOSES = """(field, value) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""

_LEFT = "[...cameraTracks, ...made].filter(({ readyState }) => readyState === 'live').length"

# React's example as a server renders it; a bundler says where the photo is.
_RENDER = """
import { StrictMode, createElement as h } from "react";
import { renderToString } from "react-dom/server";
import { App } from "./examples/react/App.jsx";
process.stdout.write(renderToString(h(StrictMode, null, h(App))));
"""


def open_bundle(page: GuardedPage, url: str) -> GuardedPage:
    """Open an example, and take the photo's background away."""
    page.set_default_timeout(120_000)
    page.expected_errors.append("favicon")
    for script in (KEEPS_TRACKS, _COUNTS_TRACKS):
        page.add_init_script(script)
    page.goto(url)
    page.get_by_text("Runs on ").wait_for()
    page.get_by_label("Background").select_option("transparent")
    wait_until_transparent(page)
    return page


def wait_until_transparent(page: GuardedPage) -> None:
    """Wait until the photo's background is gone."""
    until(page, lambda: page.evaluate(_WALL_AND_FACE) == [512, 0, 255], lambda: str(page.evaluate(_WALL_AND_FACE)))


def use_a_call(page: GuardedPage, number: int) -> None:
    """Show the page's call of this number, change its colour and leave it: it was one track, and nothing is left."""
    show(page, "call")
    page.get_by_text("On air.").wait_for()
    page.locator("video").evaluate(WATCH)
    page.wait_for_function(_SHOWS, arg=[0x20, 0x40, 0x60])
    page.get_by_label("Colour").evaluate(_CHOOSES, "#c03030")
    page.wait_for_function(_SHOWS, arg=[0xC0, 0x30, 0x30])
    seen = page.evaluate("seen.map(({ colour }) => colour)")
    assert near(seen, NOTHING, GREY, (0x20, 0x40, 0x60), (0xC0, 0x30, 0x30)).all(), "no wall"
    assert page.evaluate("made.length") == number
    show(page, "nothing")
    until(page, lambda: not page.workers, lambda: f"{len(page.workers)} workers are left")
    until(page, lambda: page.evaluate(_LEFT) == 0, lambda: f"{page.evaluate(_LEFT)} tracks are left")


def show(page: GuardedPage, what: str) -> None:
    """Show the example's photo, its call or nothing."""
    page.get_by_label("Show").select_option(what)


def rendered_on_a_server(folder: Path, photo: str) -> str:
    """Return what Node renders of React's example, made in `folder`, with the photo's name in the bundle."""
    tool = shutil.which("esbuild", path=str(NODE_MODULES / ".bin"))
    assert tool is not None
    options = ["--bundle", "--platform=node", "--jsx=automatic", "--loader:.jpg=file", "--asset-names=photo"]
    places = ["--alias:pyselfie/react=./web/react.js", "--public-path=/assets", '--define:import.meta.url=""']
    script = folder / "server.cjs"
    command = [tool, *options, *places, f"--outfile={script}", "--log-level=warning"]
    subprocess.run(command, cwd=ROOT, input=_RENDER, text=True, check=True)
    made = subprocess.run(["node", script], capture_output=True, text=True, check=True)
    return made.stdout.replace("photo.jpg", photo)
