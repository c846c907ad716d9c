"""What a page gives to be saved as a file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.browser.waiting import WAIT_MS
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

# Firefox tells a driver nothing of a download from a blob: there the page's link is caught before it's followed.
_CATCH = """() => {
  const blobs = new Map();
  const { createObjectURL } = URL;
  const { click } = HTMLAnchorElement.prototype;
  self.caught = new Promise((done, fail) => {
    setTimeout(() => fail(new Error("nothing was saved")), LIMIT);
    URL.createObjectURL = (blob) => {
      const url = createObjectURL.call(URL, blob);
      blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = async function () {
      Object.assign(URL, { createObjectURL });
      HTMLAnchorElement.prototype.click = click;
      const bytes = new Uint8Array(await blobs.get(this.href).arrayBuffer());
      done([this.download, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))]);
    };
  });
}""".replace("LIMIT", str(WAIT_MS))


def downloaded(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """Press what saves a file; return its name and what is in it."""
    if is_firefox(page):
        page.evaluate(_CATCH)
        press()
        name, data = page.evaluate("self.caught")
        return name, base64.b64decode(data)
    with page.expect_download() as download:
        press()
    return download.value.suggested_filename, download.value.path().read_bytes()
