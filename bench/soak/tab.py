"""One tab of a browser, driven over the browser's own protocol.

Not by Playwright: that listens to the network for as long as the tab is there, and a browser then keeps what came, a
hundred megabytes of it, which here would look like a leak. Firefox tells of its heaps only to Marionette.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import Any, Protocol

_END_S = 10.0
WORKER = "soak_worker.js"
"""How the script of the worker that is looked at ends."""


class BrowserGoneError(Exception):
    """The browser, or the tab, is no more."""


class Tab(Protocol):
    """What a run needs of either browser."""

    version: str
    process: subprocess.Popen[bytes]

    def open(self, url: str) -> None:
        """Go there."""

    def evaluate(self, code: str) -> Any:
        """Return what JavaScript's `code` gives in the page, after awaiting it; a RuntimeError says what it threw."""

    def collect(self) -> None:
        """Collect the garbage of JavaScript's heaps."""

    def heaps(self) -> dict[str, int]:
        """Collect the garbage, then return the bytes that live in JavaScript's heaps: "page" and "worker".

        WebAssembly's memory, which is counted elsewhere, and machine code (see `bounded`) are left out.
        """

    def close(self) -> None:
        """End the browser."""


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a browser that was told to end; one that does not, or that nobody waits for, is killed."""
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a browser that leads its own session, and all that it has started, unless it has ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
