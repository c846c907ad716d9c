"""How a browser is started: Chromium by flags, each set found by trial on a machine without a GPU; Firefox by settings.

A test names Chromium's flags; where Firefox has the same by settings, it gets those.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from builder.browsers.chromium import QUIET_FLAGS, ensure_chromium
from builder.browsers.firefox import QUIET_SETTINGS, installed_firefox
from tests.engines import BOUND, FIREFOX

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

BASE_FLAGS = (
    *QUIET_FLAGS,
    "--process-per-site",  # for `Profile`
    # Nothing but this machine can be reached, so a request to another origin cannot pass unseen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # WebAssembly is compiled once more, for speed, after 15 times as much work as usual: most starts of Python and ONNX
    # Runtime end before that pays, and took a quarter more. To inline what the compilers of both have left a call takes
    # a seventh of a start, most of it for Python's interpreter loop.
    "--js-flags=--wasm-tiering-budget=200000000 --no-wasm-inlining",
)

WEBGPU_FLAGS = (
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # No check that each access is within its buffer: in software that takes a third of a shader's time.
    "--enable-dawn-features=disable_robustness",
)
"""WebGPU in software, with ``webgpu`` canvases and external textures."""

KEEPS_PAGES = "--enable-features=BackForwardCache"
"""A page that was left is kept as it is, for who comes back: so do users' browsers, but not Playwright's Chromium."""
_KEEPS_NONE = "--disable-back-forward-cache"

_FAKE_CAMERA = "--use-fake-device-for-media-stream"
_NO_QUESTION = "--use-fake-ui-for-media-stream"
_CAMERA_SHOWS = "--use-file-for-fake-video-capture"


def start(playwright: Playwright, engine: str, flags: tuple[str, ...]) -> Browser:
    """Start an engine with these flags of Chromium's; the test is skipped where Firefox has nothing like them.

    Its contexts have no service workers unless they are asked for (``service_workers="allow"``): one would fetch in the
    background, answer instead of the server, and hide its requests from `page.route` and from those who count them.
    """
    browser = _started(playwright, engine, flags)
    for name in ("new_context", "new_page"):
        setattr(browser, name, partial(getattr(browser, name), service_workers="block"))
    return browser


def _started(playwright: Playwright, engine: str, flags: tuple[str, ...]) -> Browser:
    if engine == FIREFOX:
        return playwright.firefox.launch(
            channel="moz-firefox",  # the system's, by WebDriver BiDi; else it would want Playwright's own build
            executable_path=installed_firefox(),
            headless=True,
            firefox_user_prefs=_settings(flags),
        )
    return playwright.chromium.launch(
        executable_path=ensure_chromium(),
        headless=True,
        args=[*BASE_FLAGS, *flags],
        ignore_default_args=[_KEEPS_NONE] if KEEPS_PAGES in flags else None,
    )


def _settings(flags: tuple[str, ...]) -> dict[str, str | float | bool]:
    """Return the settings of Firefox that stand for flags of Chromium.

    Its camera shows what it likes, and it keeps pages.
    """
    known = {_FAKE_CAMERA: "media.navigator.streams.fake", _NO_QUESTION: "media.navigator.permission.disabled"}
    wanted = [flag for flag in flags if flag != KEEPS_PAGES and not flag.startswith(_CAMERA_SHOWS)]
    for flag in wanted:
        if flag not in known:
            lacks = "WebGPU in software" if flag in WEBGPU_FLAGS else flag.partition("=")[0]
            pytest.skip(f"{BOUND}: Firefox has no {lacks}")
    return QUIET_SETTINGS | {known[flag]: True for flag in wanted}


def camera_flags(path: Path) -> tuple[str, ...]:
    """Return the flags that give every page a camera which plays `path` (.mjpeg or .y4m), permission included."""
    return (
        _NO_QUESTION,
        _FAKE_CAMERA,
        f"{_CAMERA_SHOWS}={path}",
    )


def is_shared(flags: tuple[str, ...]) -> bool:
    """Tell whether tests with these flags may use one profile after the other: they want a camera and nothing else."""
    return all(flag.startswith((_NO_QUESTION, _FAKE_CAMERA, _CAMERA_SHOWS)) for flag in flags)
