"""How a video frame comes in, under CPython: copying it costs no turn of the event loop, and all comes to its end."""

from __future__ import annotations

import asyncio
import importlib
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from tests.unit.browser.proxy_kit import Proxy


class JsError(Exception):
    """Stands for Pyodide's JsException."""


class VideoFrame:
    """A camera's frame that knows whether it was closed."""

    format, rotation = "I420", 0

    def __init__(self):
        self.displayWidth, self.displayHeight = 64, 48
        self.visibleRect = SimpleNamespace(width=64, height=48)
        self.closed = 0

    def close(self):
        self.closed += 1


class Browser:
    """What the store asks of JavaScript: a copy ends when the test says so."""

    def __init__(self):
        self.proxies: list[Proxy] = []
        self.copy: tuple[Proxy, Proxy] | None = None
        self.copies = 0

    def create_proxy(self, value):
        self.proxies.append(Proxy(value))
        return self.proxies[-1]

    def copy_frame(self, _frame, _target, _settings, done, failed):
        self.copies += 1
        self.copy = done, failed

    async def make_bitmap(self, frame):
        if frame.closed:
            raise JsError("InvalidStateError: the frame is closed")
        return SimpleNamespace(width=64, height=48, close=lambda: None)

    async def end_copy(self, error=None):
        """Let the copy end as JavaScript does, between two tasks; return when it has been told."""
        while self.copy is None:
            await asyncio.sleep(0)
        (done, failed), self.copy = self.copy, None
        told = asyncio.get_running_loop().create_future()

        def end():
            if error is None:
                done()
            else:
                failed(error)
            told.set_result(None)

        asyncio.get_running_loop().call_soon(end)
        await told


@pytest.fixture
def browser(monkeypatch):
    """Return the stand-in for JavaScript, in the place of the modules that lend it."""
    before = set(sys.modules)
    browser = Browser()
    canvas = SimpleNamespace(new=lambda width, height: MagicMock(width=width, height=height))
    js = MagicMock(createImageBitmap=browser.make_bitmap, OffscreenCanvas=canvas)
    ffi = MagicMock(create_proxy=browser.create_proxy, JsException=JsError)
    modules = {"js": js, "pyodide": MagicMock(), "pyodide.ffi": ffi}
    for name, module in (modules | {"pyselfie_worker": MagicMock(copyFrame=browser.copy_frame)}).items():
        monkeypatch.setitem(sys.modules, name, module)
    yield browser
    for name in set(sys.modules) - before:
        if name.startswith("pyselfie.browser"):  # they have the stand-ins
            del sys.modules[name]


def make_store():
    """Return a store; its clock stands still, so that ways take turns in their order."""
    return importlib.import_module("pyselfie.browser.canvas.frames").FrameStore(now=lambda: 0.0)


def test_a_copied_frame_is_in_hand_inside_the_call_that_ends_the_copy(browser):
    """By the time JavaScript's call returns the picture is held and the frame closed: no turn has passed."""

    async def scenario():
        store, frame = make_store(), VideoFrame()
        seen: list[object] = []

        async def take():
            await store.take(frame)
            seen.append((store.way, store.drawable.width, frame.closed))

        taking = asyncio.ensure_future(take())
        while browser.copy is None:
            await asyncio.sleep(0)
        done, _ = browser.copy

        def end():
            done()
            seen.append("returned")

        asyncio.get_running_loop().call_soon(end)
        await taking
        return seen

    assert asyncio.run(scenario()) == [("copyTo", 64, 1), "returned"]


def test_where_a_copy_is_refused_the_frame_comes_in_otherwise(browser):
    """It is taken as a bitmap, and the frames after it are not copied any more."""

    async def scenario():
        store, frames = make_store(), [VideoFrame(), VideoFrame()]
        taking = asyncio.ensure_future(store.take(frames[0]))
        await browser.end_copy(JsError("NotSupportedError: no conversion"))
        await taking
        first = store.way
        await store.take(frames[1])
        return first, store.way, browser.copies, [frame.closed for frame in frames]

    assert asyncio.run(scenario()) == ("createImageBitmap", "drawImage", 1, [1, 1])


def test_a_frame_that_is_closed_meanwhile_is_told_of_in_the_browsers_words(browser):
    """The browser's own error comes out, and the store takes the next frame."""

    async def scenario():
        store, frame = make_store(), VideoFrame()
        taking = asyncio.ensure_future(store.take(frame))
        while browser.copy is None:
            await asyncio.sleep(0)
        frame.close()
        await browser.end_copy(JsError("InvalidStateError: the frame is closed"))
        with pytest.raises(JsError, match="the frame is closed"):
            await taking
        await store.take(VideoFrame())
        return store.way

    assert asyncio.run(scenario()) == "drawImage"


@pytest.mark.parametrize("ends", ["idle", "after an error", "in a copy"])
def test_nothing_handed_to_javascript_outlives_the_store(browser, ends):
    """Both functions are destroyed once, after their last call; all copies share them; each frame is closed."""

    async def scenario():
        store, frames = make_store(), [VideoFrame() for _ in range(4)]
        for frame in frames:
            taking = asyncio.ensure_future(store.take(frame))
            while browser.copy is None and not taking.done():
                await asyncio.sleep(0)
            if taking.done():  # copies have been refused
                continue
            if ends == "in a copy" and frame is frames[3]:
                store.close()
            await browser.end_copy(JsError("no") if ends == "after an error" else None)
            await taking
        store.close()
        store.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [frame.closed for frame in frames]

    assert asyncio.run(scenario()) == [1, 1, 1, 1]
    assert [proxy.ends for proxy in browser.proxies] == [1, 1]
    assert browser.copies == (1 if ends == "after an error" else 4)
