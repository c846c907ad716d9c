"""Effects, models, mirror, snapshot, full screen, statistics, and what the address may ask for."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from tests.browser.downloads import downloaded
from tests.browser.page.page_kit import encode, image_array, open_demo, two_colours

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage
    from tests.browser.page.page_kit import Demo


TELL_STAGE = """
([type, detail]) => document.querySelector("#stage").dispatchEvent(new CustomEvent(type, { detail }))
"""


_FOCUSED = "document.activeElement.id"


def _snapshot(demo: Demo) -> np.ndarray:
    name, data = downloaded(demo.page, lambda: demo.page.click("#snapshot-button"))
    assert name.endswith(".png")
    return image_array(data)


def test_snapshot_of_transparent_keeps_alpha(site: Server, launch: Callable[..., GuardedPage]):
    """The PNG is transparent around the person and opaque on it; with another effect it is opaque all over."""
    demo = open_demo(launch, site, "?effect=transparent").wait_painted()
    picture = _snapshot(demo)
    assert picture.shape == (512, 512, 4)
    assert picture[4, 256, 3] <= 20
    assert picture[300, 220, 3] >= 235
    demo.choose_effect("blur")
    demo.until(lambda: _snapshot(demo)[..., 3].min() == 255)


def _recorded_pixels(data: bytes) -> np.ndarray:
    with av.open(io.BytesIO(data), "r") as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][-1]


def test_a_recording_is_saved_and_offered_after_a_fault(site: Server, launch: Callable[..., GuardedPage]):
    """Record, pause, stop: a file with the effect. If the picture ends, a message has what there is of it.

    The focus stays at the button that ends it, and leaves one that goes.
    """
    demo = open_demo(launch, site, "?effect=color").wait_painted()
    page, length = demo.page, demo.page.locator("#record-progress")
    page.focus("#record-button")
    page.keyboard.press("Space")
    demo.until(lambda: re.fullmatch(r"0:\d\d, [1-9]\d* kB", length.inner_text()))
    assert page.evaluate(_FOCUSED) == "record-button"
    page.click("#record-pause-button")
    assert page.inner_text("#record-pause-button") == "Go on"
    page.click("#record-pause-button")
    name, data = downloaded(page, lambda: page.click("#record-button"))
    assert re.fullmatch(r"pyselfie-[\d-]+\.webm", name)
    pixels = _recorded_pixels(data)
    np.testing.assert_allclose(pixels[:8, :8].reshape(-1, 3).mean(axis=0), (0xDF, 0xE7, 0xEE), atol=8)
    assert page.inner_text("#record-button") == "Record"
    assert demo.messages() == []
    page.click("#record-button")
    page.locator("#recorder[data-state=recording]").wait_for()
    demo.until(lambda: re.fullmatch(r"0:\d\d, [1-9]\d* kB", length.inner_text()))
    page.focus("#record-pause-button")
    page.evaluate("document.querySelector('#stage').stop()")
    told = r"The recording has ended with its picture\. What there is of it can be saved: 0:\d\d, \d+ kB\."
    assert re.fullmatch(told, demo.notice())
    assert page.evaluate(_FOCUSED) == "record-button"
    _, data = downloaded(page, lambda: page.click("#notices .message .button"))
    assert _recorded_pixels(data).shape == pixels.shape


def test_colours_can_be_chosen(site: Server, launch: Callable[..., GuardedPage]):
    """The background's colour and the fill's colour are two colours, each kept for its own effect."""
    demo = open_demo(launch, site, "?effect=fill").wait_painted()
    demo.until(lambda: _close(demo.pixels()[300, 220], (0, 255, 0)))
    demo.choose_effect("color")
    demo.page.fill("#backdrop-color", "#3040c0")
    demo.until(lambda: _close(demo.pixels()[4, 256], (0x30, 0x40, 0xC0)))
    demo.choose_effect("fill")
    demo.until(lambda: _close(demo.pixels()[300, 220], (0, 255, 0)))
    demo.page.fill("#fill-color", "#ff8000")
    demo.until(lambda: _close(demo.pixels()[300, 220], (255, 128, 0)))


def _close(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel[:3].astype(int) - colour).max() <= 14)


def test_backdrops_built_in_and_own(site: Server, launch: Callable[..., GuardedPage]):
    """Each built-in picture can be chosen; an uploaded one gets a tile, is chosen, and fills the background."""
    demo = open_demo(launch, site, "?effect=picture").wait_painted()
    tiles = demo.page.locator("input[name=backdrop]")
    corners = []
    for index in (0, 1):
        tiles.nth(index).check()
        demo.until(lambda: tuple(demo.pixels()[4, 256, :3]) not in corners)
        corners.append(tuple(demo.pixels()[4, 256, :3]))
    own: FilePayload = {"name": "wall.png", "mimeType": "image/png", "buffer": encode(two_colours(800, 600))}
    demo.page.set_input_files("#backdrop-input", own)
    demo.until(lambda: _close(demo.pixels()[4, 4], (220, 0, 0)) and _close(demo.pixels()[4, -5], (0, 0, 220)))
    assert demo.page.locator("#own-backdrop input").is_checked()
    demo.page.set_input_files("#backdrop-input", {"name": "no.png", "mimeType": "image/png", "buffer": b"no"})
    assert "“no.png” is no picture" in demo.alert()
    assert _close(demo.pixels()[4, 4], (220, 0, 0))


def test_mirror_turns_the_picture(site: Server, launch: Callable[..., GuardedPage]):
    """The mirror switch swaps left and right of the painted picture."""
    demo = open_demo(launch, site, "?effect=fill").wait_painted()
    demo.give("halves.png", encode(two_colours(300, 200)))
    demo.wait_shown("halves.png", (300, 200))
    demo.until(lambda: _close(demo.pixels()[4, 4], (220, 0, 0)))
    demo.page.check("#mirror")
    demo.until(lambda: _close(demo.pixels()[4, 4], (0, 0, 220)))


def test_model_can_be_switched(site: Server, launch: Callable[..., GuardedPage]):
    """The other model paints another mask of the same picture."""
    demo = open_demo(launch, site, "?effect=mask").wait_painted()
    general = demo.pixels()
    demo.page.check("input[name=model][value='1']")
    demo.until(lambda: not np.array_equal(demo.pixels(), general))
    assert demo.size() == (512, 512)
    assert demo.messages() == []


def test_full_screen_shows_the_stage(site: Server, launch: Callable[..., GuardedPage]):
    """The button makes the stage full screen, and a click on the picture ends it."""
    demo = open_demo(launch, site).wait_painted()
    demo.page.click("#fullscreen-button")
    demo.until(lambda: demo.page.evaluate("document.fullscreenElement?.id") == "viewport")
    demo.page.click("#viewport")
    demo.until(lambda: demo.page.evaluate("document.fullscreenElement") is None)


def test_statistics_tell_backend_stages_and_size(site: Server, launch: Callable[..., GuardedPage]):
    """Opened, the statistics name backend and reason, the milliseconds of each stage, and what was downloaded."""
    demo = open_demo(launch, site).wait_painted()
    demo.page.click("#stats summary")
    demo.until(lambda: "MB" in demo.page.inner_text("#stat-bytes"))
    assert demo.page.inner_text("#stat-backend") == "WebAssembly"
    assert demo.page.inner_text("#stat-reason") in demo.page.inner_text("#status-text")
    stages = demo.page.locator("#stat-stages th").all_inner_texts()
    assert {"Run the model", "Paint the effect", "Whole frame"} <= set(stages)
    for cell in demo.page.locator("#stat-stages td").all_inner_texts():
        assert float(cell) >= 0


def test_address_chooses_effect_model_and_backend(site: Server, launch: Callable[..., GuardedPage]):
    """Values in the address are taken over, and the reason says that the backend was asked for."""
    demo = open_demo(launch, site, "?effect=mask&model=landscape&backend=wasm").wait_painted()
    assert demo.page.is_checked("input[value=mask]")
    assert demo.page.is_checked("input[name=model][value='1']")
    assert demo.page.inner_text("#status-text").startswith("WebAssembly: ")
    assert demo.messages() == []


def test_address_chooses_all_that_has_a_control(site: Server, launch: Callable[..., GuardedPage]):
    """Sliders and switches show what the address says, the element has it, and it stays with the next picture."""
    asked = {"strength": 0.9, "mirror": True, "decontaminate": False, "lightWrap": 0.4, "colourCast": 0.05}
    search = "effect=picture&strength=0.9&mirror&decontaminate=false&light-wrap=0.4&colour-cast=0.05"
    demo = open_demo(launch, site, f"?{search}").wait_painted()
    told = "(names) => names.map((name) => document.getElementById('stage')[name])"
    picture = [name for name in asked if name != "strength"]
    assert demo.page.evaluate(told, picture) == [asked[name] for name in picture]
    assert demo.page.is_checked("#mirror")
    assert not demo.page.is_checked("#decontaminate")
    shown = [demo.page.input_value(f"#{name}") for name in ("strength", "light_wrap", "colour_cast")]
    assert shown == ["0.9", "0.4", "0.05"]
    assert demo.messages() == []
    demo.choose_effect("blur")
    demo.until(lambda: demo.page.evaluate(told, ["strength"]) == [0.9])
    demo.give("halves.png", encode(two_colours(300, 200)))
    demo.wait_shown("halves.png", (300, 200))
    assert demo.page.evaluate(told, ["mirror"]) == [True]
    assert demo.page.is_checked("#mirror")


@pytest.mark.parametrize(("name", "value"), [("effect", "sepia"), ("model", "7"), ("backend", "toString")])
def test_bad_value_in_the_address_is_told(site: Server, launch: Callable[..., GuardedPage], name: str, value: str):
    """An unknown value gets one sentence, and the page starts with its default."""
    demo = open_demo(launch, site, f"?{name}={value}").wait_painted()
    assert re.search(f"{name} is “?{value}”?, but it has to be .*; the usual one is used", demo.notice())
    assert demo.page.is_checked("input[value=blur]")


def test_webgpu_asked_for_but_missing_is_told(site: Server, launch: Callable[..., GuardedPage]):
    """Without WebGPU the page works on WebAssembly, and says so to whoever asked for the other.

    What it says of the painter goes when it isn't true any more.
    """
    demo = open_demo(launch, site, "?backend=webgpu", script="delete Navigator.prototype.gpu;").wait_painted()
    assert "WebGPU was asked for but cannot be used" in demo.notice()
    assert demo.page.inner_text("#status-text").startswith("WebAssembly: ")
    demo.page.evaluate(TELL_STAGE, ["notice", {"code": "painter", "message": "Canvas 2D paints from now on: why."}])
    for painter, is_told in (("canvas2d", True), ("webgpu", False)):
        change = {"backend": "webgpu", "reason": "it was found", "painter": painter}
        demo.page.evaluate(TELL_STAGE, ["backendchange", change])
        assert ("Canvas 2D paints" in demo.page.inner_text("#notices")) == is_told
    assert "WebGPU was asked for" in demo.notice()


def test_edges_can_be_chosen(site: Server, launch: Callable[..., GuardedPage]):
    """Each switch and slider tells the element, what the address says is shown, and the snippet has what is unusual."""
    demo = open_demo(launch, site, "?effect=picture&edges=raw").wait_painted()
    page = demo.page
    names = ["edges", "smoothing", "decontaminate", "lightWrap", "framing"]
    stage = f"{names}.map((name) => document.getElementById('stage')[name])"
    assert not page.is_checked("#edges")
    assert page.evaluate(stage) == ["raw", 0.85, True, 0.15, "off"]
    page.locator("#edges").click()
    page.locator("#decontaminate").click()
    page.locator("#framing").click()
    for name, value in (("smoothing", "0"), ("light_wrap", "0.5")):
        page.fill(f"#{name}", value)
    assert page.evaluate(stage) == ["refined", 0, False, 0.5, "gentle"]
    page.locator("#embed").evaluate("(details) => { details.open = true; }")
    assert 'smoothing="0" framing="gentle" decontaminate="false" light-wrap="0.5">' in page.input_value("#snippet")
    demo.choose_effect("fill")
    assert page.locator("#decontaminate").is_hidden()


def test_smoothing_is_off_while_it_can_do_nothing(site: Server, launch: Callable[..., GuardedPage]):
    """With raw edges the slider is disabled and says why; with fine ones it has the value that it had."""
    page = open_demo(launch, site, "?edges=raw&smoothing=0.5").page
    slider = page.locator("#smoothing")
    reason = "Smoothing needs fine edges"
    assert not slider.is_enabled()
    assert page.get_by_role("slider", name=reason).count() == 1
    page.locator("#edges").click()
    assert slider.is_enabled()
    assert page.get_by_role("slider", name=reason).count() == 0
    assert slider.input_value() == "0.5"
