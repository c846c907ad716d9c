"""A model in ONNX Runtime Web, under CPython: what is handed to JavaScript for its runs, and its end."""

from __future__ import annotations

import asyncio
import importlib
import sys
from unittest.mock import MagicMock

import numpy as np
import pytest

from pyselfie.core.manifest import load_spec
from tests.unit.browser.proxy_kit import Proxy


class Session:
    """Stands for the bridge's session; a run ends when the test says so."""

    def __init__(self):
        self.run = None

    def bind(self, tensor): ...

    def dispose(self): ...

    def runFor(self, _extras, _alone, done, failed):  # noqa: N802 - the bridge's
        self.run = done, failed


@pytest.fixture
def made(monkeypatch):
    """Return a runtime, its session, and all proxies that are made for it; the browser's modules are stand-ins."""
    before = set(sys.modules)
    proxies: list[Proxy] = []

    def create_proxy(value):
        proxies.append(Proxy(value))
        return proxies[-1]

    monkeypatch.setitem(sys.modules, "js", MagicMock())
    monkeypatch.setitem(sys.modules, "pyodide", MagicMock())
    monkeypatch.setitem(sys.modules, "pyodide.ffi", MagicMock(create_proxy=create_proxy))
    module = importlib.import_module("pyselfie.browser.models.ort_web")
    session = Session()
    yield module.OrtWebRuntime(session, load_spec("landscape", "raw"), "wasm", ""), session, proxies
    for name in set(sys.modules) - before:
        if name.startswith("pyselfie.browser"):  # they have the stand-ins
            del sys.modules[name]


async def begun(runtime, session):
    """Return a run that waits for its mask."""
    running = asyncio.ensure_future(runtime.run(np.zeros(runtime.spec.input_shape, np.float32)))
    while session.run is None:
        await asyncio.sleep(0)
    return running


def bring(session, *, fails):
    """Let the run end, in a task of its own as in the browser."""
    done, failed = session.run
    session.run = None
    mask = MagicMock(assign_to=lambda target: target.fill(0.5))
    asyncio.get_running_loop().call_soon(failed if fails else done, ValueError("no model") if fails else mask)


@pytest.mark.parametrize("ends", ["idle", "after an error", "in a run"])
def test_nothing_handed_to_javascript_outlives_the_runtime(made, ends):
    """Each proxy is destroyed once, after its last call; runs share them."""
    runtime, session, proxies = made

    async def scenario():
        for _ in range(3):
            running = await begun(runtime, session)
            bring(session, fails=False)
            assert (await running).max() == 0.5
        count = len(proxies)
        if ends != "idle":
            running = await begun(runtime, session)
            if ends == "in a run":
                runtime.close()
            bring(session, fails=ends == "after an error")
            if ends == "after an error":
                with pytest.raises(ValueError, match="no model"):
                    await running
            else:
                await running
        runtime.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return count

    count = asyncio.run(scenario())
    assert count == 2 + 3, "two for the ends of runs, one for each input array"
    assert [proxy.ends for proxy in proxies] == [1] * len(proxies)
