"""The demo page in WebKit."""

import base64

import numpy as np
import pytest

from tests.browser.page.page_kit import encode, image_array, two_colours
from tests.browser.waiting import until

_SEEN = """() => {
  const stage = document.querySelector("#stage");
  const canvas = stage.querySelector("canvas") ?? stage.shadowRoot?.querySelector("canvas");
  return {
    caption: document.querySelector("#caption").innerText,
    messages: [...document.querySelectorAll(".message p")].map(({ innerText }) => innerText),
    size: canvas ? [canvas.width, canvas.height] : [0, 0],
    painted: document.querySelector("#viewport").dataset.painted,
  };
}"""
_SNAPSHOT = """async () => {
  const bytes = new Uint8Array(await (await document.querySelector("#stage").snapshot()).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


@pytest.fixture(scope="module")
def demo(webkit, site):
    """Return the page with the sample on it."""
    webkit.goto(f"{site.url}?model=general&effect=mask")
    wait_shown(webkit, (512, 512))
    return webkit


def wait_shown(page, size):
    """Wait until a composite of `size` is painted."""
    seen = lambda: page.evaluate(_SEEN)  # noqa: E731
    until(page, lambda: seen()["painted"] == "true" and seen()["size"] == list(size), lambda: f"{seen()}")


def pixels(page):
    """Return the composite, uint8 [H, W, 4]."""
    return image_array(base64.b64decode(page.evaluate(_SNAPSHOT)))


def test_sample_is_painted(demo):
    """Without a word of complaint."""
    assert demo.evaluate(_SEEN) == {"caption": "Sample portrait", "messages": [], "size": [512, 512], "painted": "true"}
    assert demo.evaluate("faults") == []


def test_a_photo_is_uploaded(demo, tmp_path):
    """A file that is chosen takes the sample's place; where nobody is, the effect covers all of it."""
    photo = tmp_path / "two.png"
    photo.write_bytes(encode(two_colours(320, 200)))
    demo.driver.find_element("id", "file-input").send_keys(str(photo))
    wait_shown(demo, (320, 200))
    assert demo.evaluate(_SEEN)["caption"] == "two.png"
    black = np.broadcast_to((0, 0, 0, 255), (200, 320, 4))  # a mask of nobody
    np.testing.assert_allclose(pixels(demo), black, atol=1)
    assert demo.evaluate("faults") == []
