"""Bad files, cameras that fail, assets that do not load: one clear sentence, and the page goes on."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.browser.flags import BASE_FLAGS, camera_flags
from tests.browser.harness import model_file
from tests.browser.page.page_kit import KEEPS_TRACKS, encode, open_demo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from builder.serve import Server
    from tests.browser.guard import GuardedPage

CAMERA_FAILS = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("provoked", "{name}"));
"""


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


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("NotAllowedError", "not allowed on this page: allow it in the browser's site settings"),
        ("NotReadableError", "probably because another program uses it: close that program and press Camera again"),
        ("NotFoundError", "No camera was found: connect one and press Camera again"),
    ],
)
def test_camera_that_fails_gets_a_sentence(site: Server, launch: Callable[..., GuardedPage], name: str, pattern: str):
    """Permission denied, camera busy, no camera: a sentence for each says what to do, and the sample stays."""
    demo = open_demo(launch, site, script=CAMERA_FAILS.format(name=name)).wait_painted()
    demo.page.click("#camera-button")
    assert pattern in demo.alert()
    assert demo.caption() == "Sample portrait"
    assert demo.page.inner_text("#opening") == ""


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


def test_unplugged_camera_leaves_its_picture_and_a_choice(
    site: Server, launch: Callable[..., GuardedPage], camera_file: Path
):
    """When the camera goes away the last picture stays, a sentence tells, and the list of cameras is offered."""
    demo = open_demo(launch, site, "", *camera_flags(camera_file), script=KEEPS_TRACKS).wait_painted()
    demo.page.click("#camera-button")
    demo.until(lambda: demo.size() == (1280, 720))
    demo.page.evaluate("() => { cameraTracks[0].stop(); cameraTracks[0].dispatchEvent(new Event('ended')); }")
    assert "was disconnected: connect it again or choose another one" in demo.alert()
    assert demo.size() == (1280, 720)
    demo.until(lambda: demo.page.locator("#camera-select option").first.inner_text() == "Choose a camera")
    demo.page.select_option("#camera-select", index=1)
    demo.until(lambda: demo.page.inner_text("#camera-label") == "Stop camera")
    assert demo.messages() == []


def test_asset_that_does_not_load_can_be_tried_again(site: Server, launch: Callable[..., GuardedPage]):
    """A file that the worker cannot fetch gives one sentence and a button; pressing it goes on to the composite."""
    page = launch()
    page.expected_errors.append("Failed to load resource")
    broken = [True]

    def answer(route: Route) -> None:
        if broken:
            route.fulfill(status=503, body="later")
        else:
            route.continue_()

    page.route("**/pyodide.asm.wasm*", answer)
    page.goto(site.url)
    message = page.locator("#alerts .message")
    assert "pyodide.asm.wasm" in message.locator("p").inner_text(timeout=60_000)
    assert page.get_attribute("#status", "data-state") == "failed"
    broken.clear()
    message.get_by_role("button", name="Try again").click()
    page.wait_for_selector("#viewport[data-painted=true]", timeout=60_000)
    assert page.locator(".message").count() == 0


def test_other_model_that_does_not_load_leaves_the_first(site: Server, launch: Callable[..., GuardedPage]):
    """When the chosen model cannot be fetched the old one goes on and is shown as chosen; trying again switches."""
    demo = open_demo(launch, site, "?effect=mask").wait_painted()
    page, name = demo.page, model_file("landscape")
    page.expected_errors.append("Failed to load resource")
    page.route(f"**/{name}*", lambda route: route.fulfill(status=404, body="gone"))
    page.click("input[name=model][value='1']")
    assert name in demo.alert()
    demo.until(lambda: page.is_checked("input[name=model][value='0']"))
    assert page.get_attribute("#status", "data-state") == "ready"
    before = demo.pixels()
    page.unroute(f"**/{name}*")
    page.get_by_role("button", name="Try again").click()
    demo.until(lambda: page.is_checked("input[name=model][value='1']"))
    demo.until(lambda: not np.array_equal(demo.pixels(), before))
    assert demo.messages() == []


@pytest.mark.parametrize(("first", "other"), [("general", "landscape"), ("landscape", "general")])
def test_a_switch_without_a_connection_and_with_it_again(
    site: Server, launch: Callable[..., GuardedPage], first: str, other: str
):
    """The chip never says that the engine is loading: it runs, with the model before, and later with the other one."""
    page = launch()
    page.expected_errors.append("Failed to load resource")
    page.set_default_timeout(60_000)
    demo = open_demo(lambda: page, site, f"?model={first}").wait_painted()
    numbers = {"general": "0", "landscape": "1"}
    radio = f"input[name=model][value='{numbers[other]}']"
    page.context.set_offline(True)
    page.route("**/models/*.onnx", lambda route: route.abort("internetdisconnected"))
    page.click(radio)  # the page may put the choice back at once
    assert "could not be downloaded: no answer from the server" in demo.alert()
    demo.until(lambda: not page.is_checked(radio))
    assert page.get_attribute("#status", "data-state") == "ready"
    page.context.set_offline(False)
    page.unroute("**/models/*.onnx")
    page.click(radio)  # the page may put the choice back at once
    demo.until(lambda: not demo.messages())
    assert page.is_checked(radio)
    assert page.get_attribute("#status", "data-state") == "ready"
