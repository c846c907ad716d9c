"""A person before the camera, in Firefox, too."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

# Firefox's camera shows what it likes. This one is a canvas with a picture.
_PICTURED_CAMERA = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const bytes = Uint8Array.from(atob("%s"), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes]));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  const context = canvas.getContext("2d");
  const draw = () => context.drawImage(picture, 0, 0);
  draw();
  setInterval(draw, 33);
  return canvas.captureStream();
};
"""


def show_person(page: Page, camera_file: Path) -> None:
    """Let the pages that are opened in `page` from now on have a person before the camera in Firefox, too."""
    if is_firefox(page):
        picture, end, _ = camera_file.read_bytes().partition(b"\xff\xd9")
        page.add_init_script(_PICTURED_CAMERA % base64.b64encode(picture + end).decode())
