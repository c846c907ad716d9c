"""The widget in a frame of somebody's page, and what that page hears."""

import json
from urllib.parse import urlencode

from tests.browser.element.element_kit import decoded
from tests.browser.workers import open_ears

WAIT_MS = 45_000
HOST_POLICY = "default-src 'none'; script-src 'unsafe-inline'; frame-src http://127.0.0.1:*"
HOST = """<!doctype html><html lang=en><title>Somebody's page</title>
<script>
  addEventListener("message", ({ source, data, origin }) => heard.push({ data, origin }));
  var heard = [];
</script>
<iframe id=frame title=Widget allow=camera width=480 height=320 src="%s"></iframe>"""

ASK = """
async ([message, wait]) => {
  frame.contentWindow.postMessage(message, "*");
  for (let turn = 0; turn < 450; turn++) {
    const found = heard.find(({ data }) => data.id === wait);
    if (found) {
      const { blob, ...rest } = found.data;
      if (!blob) return rest;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return { ...rest, png: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no answer; heard: ${JSON.stringify(heard)}`);
}
"""


class Host:
    """A page on another origin with the widget in a frame; `auto` would load another model beside what is tested."""

    def __init__(self, page, site, other, origins=None, *, readers=None, fragment="", **query):
        self.page = page
        if readers is not None:  # another list than the built one
            page.route("**/widget.json", lambda route: route.fulfill(body=readers))
        self.origin = other.url.rstrip("/")
        page.set_default_timeout(WAIT_MS)
        asked = urlencode(
            {"model-selection": "general"} | query | {"origins": self.origin if origins is None else origins}
        )
        body = HOST % f"{site.url}widget.html?{asked}{fragment}"
        (other.directory / "host.html").write_text(body)
        open_ears(page)
        page.goto(f"{other.url}host.html")
        self._ids = 0

    @property
    def frame(self):
        """The widget's document."""
        return self.page.frame_locator("#frame")

    def ask(self, **message):
        """Send a message and return its answer."""
        self._ids += 1
        return self.page.evaluate(ASK, [{"pyselfie": 1, "id": self._ids, **message}, message.get("id", self._ids)])

    def wait_painted(self):
        """Wait for the first composite."""
        self.frame.locator("selfie-segmentation:state(painted)").wait_for()
        return self

    def snapshot(self):
        """Return the composite, asked for by message."""
        return decoded(self.ask(type="snapshot")["png"])


def readers(*origins):
    """Return the text of widget.json that lets these origins take pictures."""
    return json.dumps({"readers": origins})
