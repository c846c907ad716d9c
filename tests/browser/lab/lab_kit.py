"""The quality lab's page as a test sees it: what is said and shown, and ways to hand it files."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from builder.paths import PYSRC
from tests.browser.downloads import downloaded
from tests.browser.page.page_kit import AXE, RUN_AXE
from tests.browser.waiting import WAIT_MS, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.guard import GuardedPage

    Files = list[tuple[str, bytes]]

WITHOUT_OPENCV = "import sys; sys.modules['cv2'] = None; from pyselfie.cli import main; sys.exit(main(sys.argv[1:]))"
"""OpenCV rounds the model's input in its own way; without it both compute with NumPy alone."""

PIXEL = """([x, y]) => {
  const canvas = document.querySelector("#view-canvas");
  const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
  return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
}"""

COUNT_URLS = """() => {
  const { createObjectURL, revokeObjectURL } = URL;
  self.urls = new Set();
  URL.createObjectURL = (file) => {
    const url = createObjectURL.call(URL, file);
    urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    urls.delete(url);
    revokeObjectURL.call(URL, url);
  };
}"""

COLOURS = """() => {
  const canvas = document.querySelector("#view-canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let red = 0, blue = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] > data[at + 2] + 100) red++;
    if (data[at + 2] > data[at] + 100) blue++;
  }
  return [red, blue];
}"""


def command(table: Path, *arguments: str | Path) -> list[dict[str, str]]:
    """Return the table that the command writes."""
    given = [*map(str, arguments), "--csv", str(table), "--quiet"]
    run = [sys.executable, "-c", WITHOUT_OPENCV, "evaluate", *given]
    subprocess.run(run, cwd=PYSRC, check=True, capture_output=True)
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


class LabPage:
    """The opened page, and ways to hand it files."""

    def __init__(self, page: GuardedPage, url: str) -> None:
        self.page = page
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{url}lab.html")

    def give(self, pictures: Files, truths: Files) -> None:
        """Choose files in both places."""
        for kind, files in (("pictures", pictures), ("truths", truths)):
            given: Any = [{"name": name, "mimeType": _type_of(name), "buffer": data} for name, data in files]
            self.page.set_input_files(f"#{kind}-input", given)

    def choose(self, side: str, model: str, edges: str) -> None:
        """Choose what one setting measures with."""
        self.page.select_option(f"#model-{side}", model)
        self.page.select_option(f"#edges-{side}", edges)

    def drop(self, selector: str, path: Path) -> None:
        """Drop a file or a folder, as the system would."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 10}
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})

    def measure(self) -> LabPage:
        """Measure what was given, and wait for the end."""
        self.page.click("#measure-button")
        return self.finished()

    def finished(self) -> LabPage:
        self.until(lambda: re.search(r"\d measured", self.said()) or (self.is_idle() and self.problems()))
        self.until(lambda: (self.is_idle() and not self.page.locator("tr[data-name]").count()) or self.view_name())
        return self

    def is_idle(self) -> bool:
        return self.page.locator("#measure-button").is_visible()

    def until(self, condition: Callable[[], Any]) -> Any:
        return until(self.page, condition, lambda: f"{self.said()} {self.problems()} {self.page.inner_text('#status')}")

    def said(self) -> str:
        return self.page.locator("#measure-text").text_content() or ""

    def problems(self) -> list[str]:
        return self.page.locator("#problems li").all_inner_texts()

    def names(self) -> list[str]:
        return self.page.locator("tr[data-name] button").all_inner_texts()

    def view_name(self) -> str:
        return self.page.locator("#view:not([hidden]) #view-name").all_inner_texts()[0] if self.is_viewing() else ""

    def is_viewing(self) -> bool:
        return self.page.locator("#view:not([hidden])").count() > 0

    def table_of(self, side: str) -> list[dict[str, str]]:
        """Download one setting's table."""
        name, data = downloaded(self.page, lambda: self.page.click(f"#csv-{side}"))
        assert name == f"pyselfie-{side}.csv"
        return list(csv.DictReader(io.StringIO(data.decode())))

    def axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(RUN_AXE)
        return found


def _type_of(name: str) -> str:
    return "video/webm" if name.endswith(".webm") else "image/png"
