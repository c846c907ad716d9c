"""Bad files, and no camera: one clear sentence, and the page goes on."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from tests.browser.flags import BASE_FLAGS
from tests.browser.page.page_kit import encode, open_demo

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


def test_bad_files_get_a_sentence_and_the_picture_stays(
    site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray
):
    """Each file that cannot be shown is named with its fault; the sample stays on the stage all the while."""
    demo = open_demo(launch, site).wait_painted()
    cases = [
        ("notes.txt", b"These are words and no picture.", r"“notes\.txt” is no picture or video that this browser can"),
        ("empty.png", b"", r"“empty\.png” is empty \(0 bytes\): choose another file"),
        ("dot.png", encode(astronaut[:1, :1]), r"“dot\.png” is only 1 . 1 pixels: choose a picture with at least 16"),
        ("lie.jpg", b"\x89PNG\r\n\x1a\n but then nothing of the kind", r"“lie\.jpg” is no picture or video"),
        ("film.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(64), r"“film\.mov” is a video that this browser cannot"),
        (
            "film.avi",
            b"RIFF\x40\0\0\0AVI LIST" + bytes(64),
            r"“film\.avi” is a video that this browser cannot play: conv",
        ),
    ]
    for name, data, pattern in cases:
        demo.give(name, data)
        demo.wait_told(pattern)
        assert demo.caption() == "Sample portrait"
        assert demo.size() == (512, 512)


def test_truncated_photo_is_shown_as_far_as_it_goes(
    site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray
):
    """Of a file that is cut off the part that arrived is shown, and a notice says so."""
    demo = open_demo(launch, site).wait_painted()
    data = encode(astronaut[:400], "JPEG", quality=90)
    demo.give("cut.jpg", data[: len(data) * 2 // 3])
    demo.wait_shown("cut.jpg", (512, 400))
    assert "“cut.jpg” is damaged or cut off" in demo.notice()
    demo.choose_effect("fill")
    demo.until(lambda: np.abs(demo.pixels()[20, 4, :3].astype(int) - astronaut[20, 4]).max() < 24)


def test_enormous_photo_is_scaled_down(site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray):
    """A photo 12,000 pixels wide is shown at 4,096, and a notice says so."""
    demo = open_demo(launch, site).wait_painted()
    demo.give("panorama.jpg", encode(cv2.resize(astronaut, (12_000, 3000)), "JPEG", quality=60))
    demo.wait_shown("panorama.jpg", (4096, 1024))
    assert re.search("very large .12,000 . 3,000 pixels", demo.notice())


def test_cmyk_and_16_bit_photos_work(site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray):
    """A CMYK JPEG and a PNG with 16 bits a channel are pictures like any other."""
    demo = open_demo(launch, site).wait_painted()
    demo.give("cmyk.jpg", encode(Image.fromarray(astronaut[:480]).convert("CMYK"), "JPEG"))
    demo.wait_shown("cmyk.jpg", (512, 480))
    deep = cv2.cvtColor(astronaut[:460], cv2.COLOR_RGB2BGR).astype(np.uint16) * 257
    demo.give("deep.png", cv2.imencode(".png", deep)[1].tobytes())
    demo.wait_shown("deep.png", (512, 460))
    assert demo.messages() == []


def test_machine_without_camera_says_so(site: Server, launch: Callable[..., GuardedPage]):
    """Chromium's own answer on a machine without a camera is understood."""
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0")
    demo = open_demo(launch, site, "", *flags).wait_painted()
    demo.page.click("#camera-button")
    assert "No camera was found" in demo.alert()


def test_insecure_page_says_why_there_is_no_camera(
    serve_site: Callable[..., Server], launch: Callable[..., GuardedPage], origins: set[str]
):
    """Over plain http from another machine photos work, and the camera button tells what is missing."""
    flag = next(flag for flag in BASE_FLAGS if flag.startswith("--host-resolver-rules"))
    name = f"{socket.gethostname().lower()}.local"  # one that the server answers to when it listens everywhere
    origin = f"http://{name}:{serve_site(host='0.0.0.0').port}"
    origins.add(origin)
    page = launch(flag.replace("MAP *", f"MAP {name} 127.0.0.1, MAP *"))
    page.expected_errors.append("Cross-Origin-Opener-Policy header has been ignored")
    page.goto(f"{origin}/")
    page.wait_for_selector("#viewport[data-painted=true]", timeout=60_000)
    page.click("#camera-button")
    assert "to secure pages only: open this page over https://" in page.inner_text("#alerts .message p")
