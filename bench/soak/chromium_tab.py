"""Chromium by the DevTools protocol, over a pipe."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from bench.soak.bounded import bounded_bytes
from bench.soak.tab import WORKER, BrowserGoneError, end, kill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATIENCE_S = 600.0
_PAUSE_S = 0.1
# Chromium reads orders from file 3 and writes answers to file 4.
_ON_PIPES = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for pipe, number in zip(pipes, (3, 4)):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": True}


class ChromiumTab:
    """A new Chromium with an empty profile and one tab; see `tab.Tab`.

    Parameters
    ----------
    program
        To start.
    flags
        For it.
    profile
        An empty folder.
    """

    def __init__(self, program: Path, flags: Sequence[str], profile: Path) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        options = ["--headless", *flags, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _ON_PIPES, str(orders), str(answers), str(program), *options],
            pass_fds=(orders, answers),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(orders)
        os.close(answers)
        self._read = b""
        self._number = 0
        self._session = ""
        self._workers: list[str] = []  # sessions, the oldest first
        self._pieces: list[str] = []  # of a heap snapshot
        with ExitStack() as undo:  # a start that fails, or Ctrl-C: nobody else has the process
            undo.callback(self._close_pipes)
            undo.callback(kill, self.process)
            self.version = self._attach()
            undo.pop_all()

    def _attach(self) -> str:
        version = str(self._call("Browser.getVersion")["product"]).partition("/")[2]
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable", self._session)
        self._call("Target.setAutoAttach", self._session, **_ATTACH)
        return version

    def open(self, url: str) -> None:
        self._call("Page.navigate", self._session, url=url)
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_open():
            if time.monotonic() > deadline:
                raise BrowserGoneError(f"{url} did not open")
            time.sleep(_PAUSE_S)

    def _is_open(self) -> bool:
        try:
            return bool(self.evaluate("'soak' in globalThis"))
        except RuntimeError:  # there is no page to ask while one gives way to the next
            return False

    def evaluate(self, code: str) -> Any:
        options = {"expression": code, "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", self._session, **options)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise RuntimeError(str(thrown.get("exception", {}).get("description", thrown["text"])).splitlines()[0])
        return answer["result"].get("value")

    def collect(self) -> None:
        for session in self._watched().values():
            self._call("HeapProfiler.collectGarbage", session)

    def heaps(self) -> dict[str, int]:
        self.collect()
        return {name: self._living(session) for name, session in self._watched().items()}

    def _watched(self) -> dict[str, str]:
        return dict(zip(("page", "worker"), (self._session, *self._workers[:1]), strict=False))

    def _living(self, session: str) -> int:
        usage = self._call("Runtime.getHeapUsage", session)
        all_bytes = int(usage["usedSize"]) + int(usage.get("embedderHeapUsedSize", 0))
        return all_bytes - bounded_bytes(self._snapshot(session))

    def _snapshot(self, session: str) -> dict[str, Any]:
        self._pieces.clear()
        self._call("HeapProfiler.takeHeapSnapshot", session)
        return dict(json.loads("".join(self._pieces)))

    def close(self) -> None:
        try:
            with suppress(BrowserGoneError):
                self._send("Browser.close", None, {})
        finally:
            end(self.process)
            self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._orders, self._answers):
            os.close(pipe)

    def _call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._send(method, session, parameters)
        while True:
            message = self._next_message()
            if message.get("id") != self._number:
                self._hear(message)
            elif "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            else:
                return dict(message["result"])

    def _send(self, method: str, session: str | None, parameters: dict[str, Any]) -> None:
        self._number += 1
        order: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            order["sessionId"] = session
        try:
            os.write(self._orders, json.dumps(order).encode() + b"\0")
        except OSError as error:
            raise BrowserGoneError("Chromium has ended") from error

    def _next_message(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE_S)
            more = os.read(self._answers, 1 << 16) if ready else b""
            if not more:
                raise BrowserGoneError("Chromium does not answer" if not ready else "Chromium has ended")
            self._read += more
        text, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(text))

    def _hear(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "HeapProfiler.addHeapSnapshotChunk":
                self._pieces.append(message["params"]["chunk"])
            case "Target.attachedToTarget" if message["params"]["targetInfo"]["url"].endswith(WORKER):
                self._workers.append(message["params"]["sessionId"])
            case "Target.detachedFromTarget" if message["params"]["sessionId"] in self._workers:
                self._workers.remove(message["params"]["sessionId"])
            case "Target.detachedFromTarget" if message["params"]["sessionId"] == self._session:
                raise BrowserGoneError("the tab has ended")
            case "Inspector.targetCrashed":
                raise BrowserGoneError("the tab has crashed")
