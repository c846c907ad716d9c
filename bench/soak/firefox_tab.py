"""Firefox by Marionette, which tells of its heaps as about:memory does."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from bench.soak.tab import WORKER, BrowserGoneError, end, kill
from builder.browsers.firefox import QUIET_SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 600
_START_S = 120.0
_ANSWER_S = PATIENCE_S + 30.0
"""Longer than a script may take, whose end Firefox tells in words."""
_SETTINGS: dict[str, str | float | bool] = {
    **QUIET_SETTINGS,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.disabledForTesting": True,
}
_AWAIT = """
const done = arguments[arguments.length - 1];
(async () => {{ return {code}; }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));
"""
# Other paths than "explicit/..." are sums over what those have already.
_HEAPS = """
const done = arguments[arguments.length - 1];
const manager = Cc["@mozilla.org/memory-reporter-manager;1"].getService(Ci.nsIMemoryReporterManager);
manager.minimizeMemoryUsage(() => {
  const found = {};
  const add = (process, path, kind, units, amount) => {
    if (units !== Ci.nsIMemoryReporter.UNITS_BYTES || !path.startsWith("explicit/")) return;
    found[path] = (found[path] ?? 0) + amount;
  };
  manager.getReports(add, null, () => done(found), null, false);
});
"""


class FirefoxTab:
    """A new Firefox with an empty profile and one tab; see `tab.Tab`.

    Parameters
    ----------
    program
        To start.
    profile
        An empty folder.
    """

    def __init__(self, program: Path, profile: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _SETTINGS.items()]
        lines.append(f'user_pref("marionette.port", {port});')
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        options = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile"]
        self.process = subprocess.Popen(
            [str(program), *options, str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with ExitStack() as undo:  # a start that fails, or Ctrl-C: nobody else has the process
            undo.callback(kill, self.process)
            self._line = undo.enter_context(self._connect(port))
            self._file = undo.enter_context(self._line.makefile("rb"))
            self._number = 0
            self.version = self._attach()
            undo.pop_all()

    def _attach(self) -> str:
        self._receive()  # its greeting
        opened = self._call("WebDriver:NewSession", capabilities={})
        self._call("WebDriver:SetTimeouts", script=PATIENCE_S * 1000, pageLoad=PATIENCE_S * 1000)
        self._line.settimeout(_ANSWER_S)
        return str(opened["capabilities"]["browserVersion"])

    def _connect(self, port: int) -> socket.socket:
        deadline = time.monotonic() + _START_S
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError):  # it does not listen yet
                return socket.create_connection(("127.0.0.1", port), _START_S)
            time.sleep(0.1)
        ended = self.process.poll()
        silent = f"Firefox did not listen at port {port} within {_START_S:.0f} s"
        raise BrowserGoneError(silent if ended is None else f"Firefox has ended with {ended}")

    def open(self, url: str) -> None:
        self._call("WebDriver:Navigate", url=url)

    def evaluate(self, code: str) -> Any:
        answer = self._script(_AWAIT.format(code=code))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def collect(self) -> None:
        self.heaps()

    def heaps(self) -> dict[str, int]:
        self._call("Marionette:SetContext", value="chrome")
        found = self._script(_HEAPS)
        self._call("Marionette:SetContext", value="content")
        return sums(found)

    def close(self) -> None:
        try:
            self._line.settimeout(_START_S)
            with suppress(BrowserGoneError, RuntimeError):
                self._call("Marionette:Quit", flags=["eForceQuit"])
        finally:
            self._line.close()
            end(self.process)

    def _script(self, script: str) -> dict[str, Any]:
        return dict(self._call("WebDriver:ExecuteAsyncScript", script=script, args=[])["value"])

    def _call(self, name: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        order = json.dumps([0, self._number, name, parameters]).encode()
        try:
            self._line.sendall(b"%d:%s" % (len(order), order))
            _, _, failure, result = self._receive()
        except OSError as error:
            raise BrowserGoneError(f"Firefox does not answer ({error})") from error
        if failure:
            raise RuntimeError(f"{name}: {failure['message']}")
        return dict(result) if isinstance(result, dict) else {}

    def _receive(self) -> Any:
        length = b""
        while (letter := self._file.read(1)) != b":":
            if not letter:
                raise BrowserGoneError("Firefox has ended")
            length += letter
        try:
            return json.loads(self._file.read(int(length)))
        except ValueError as error:
            raise BrowserGoneError("what answers is not Firefox") from error


def sums(found: dict[str, int]) -> dict[str, int]:
    """Add up the bytes of about:memory's paths that are JavaScript's: the page's own, and the watched worker's.

    What is not in a heap, such as machine code, is left out.
    """
    heaps = {"page": 0, "worker": 0}
    for path, count in found.items():
        if "/non-heap/" in path:
            continue
        if WORKER in path:
            heaps["worker"] += count
        elif "soak.html" in path and "/js-" in path:
            heaps["page"] += count
    return heaps
