"""WebKitGTK's window, with the few methods of Playwright's `Page` that the browser tests' kits call."""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.waiting import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.browsers.webkit import WebKit

TIMEOUT_S = 120
_SETTINGS = {
    "GDK_BACKEND": "x11",
    "WEBKIT_SKIA_ENABLE_CPU_RENDERING": "1",  # else pages are painted by a GPU in software: that costs twice the time
}
_EVALUATE = """
const [argument, done] = arguments;
(async () => {
  const found = (%s);
  return typeof found === "function" ? found(argument) : found;
})().then((value) => done({ value }), (error) => done({ error: `${error}` }));
"""


class WebKitPage:
    """The session's only window; a test that opens another address takes it from all others."""

    def __init__(self, driver: WebKitGTK) -> None:
        self.driver = driver
        driver.set_script_timeout(TIMEOUT_S)

    def set_default_timeout(self, _milliseconds: float) -> None:
        """Leave all waiting as it is."""

    def goto(self, url: str) -> None:
        """Open an address."""
        self.driver.get(url)

    def evaluate(self, code: str, argument: Any = None) -> Any:
        """Return what an expression gives, or the function that it is, called with `argument`."""
        answer = self.driver.execute_async_script(_EVALUATE % code, argument)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("value")

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let the page go on for a while."""
        time.sleep(milliseconds / 1000)

    def wait_for_function(self, code: str, timeout: int = WAIT_MS) -> Found:
        """Wait until an expression, or the function that it is, gives something true."""
        for _ in range(timeout // 50):
            if value := self.evaluate(code):
                return Found(value)
            self.wait_for_timeout(50)
        raise AssertionError(f"it did not come true in {timeout // 1000} s: {code}")


class Found:
    """What a page has answered."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def json_value(self) -> Any:
        """Return it."""
        return self._value


@contextmanager
def open_webkit(found: WebKit) -> Iterator[WebKitPage]:
    """Start WebKit on a screen of its own; both end with the context."""
    screen = subprocess.Popen(
        [found.screen, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with screen:
        try:
            assert screen.stdout
            display = screen.stdout.readline().strip()
            assert display, "Xvfb did not start"
            environment = {**os.environ, **_SETTINGS, "DISPLAY": f":{display}"}
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of Selenium's own call
                driver = WebKitGTK(service=Service(found.driver, env=environment))
            try:
                yield WebKitPage(driver)
            finally:
                driver.quit()
        finally:
            screen.terminate()
