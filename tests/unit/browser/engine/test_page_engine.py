"""The model of the Python API in a browser, under CPython: how it opens and closes."""

import asyncio

import pytest

from pyselfie import shared_model
from pyselfie.core.manifest import load_spec
from tests.unit.browser.engine.engine_kit import Host, settle, worker

__all__ = ["worker"]


@pytest.fixture
def host(worker, monkeypatch):
    """Return the module, with a bridge that makes sessions, and the runtimes that it has made."""
    host, module = Host(), worker.module("page_engine")
    monkeypatch.setattr(module, "OrtWebRuntime", worker.loader.OrtWebRuntime)
    monkeypatch.setattr(module, "read_model", lambda _spec: b"")
    monkeypatch.setattr(module, "bridge_spec", lambda spec: spec)
    monkeypatch.setattr(module, "_bridges", [host.bridge])
    monkeypatch.setattr(shared_model, "_make_engine", lambda spec, _providers: module.PageEngine(spec))
    return host


def test_model_that_is_closed_while_it_opens_is_freed(host):
    """`close()` during the first picture: the session is there a moment later, and whoever waits is told."""

    async def run():
        may_go_on = asyncio.Event()
        host.on_create = lambda _backend: may_go_on.wait()
        model = shared_model.SharedModel(load_spec(0), "Segmenter")

        async def first():
            async with model.turn_async():
                pytest.fail("it is closed")

        waiting = asyncio.ensure_future(first())
        await settle()
        model.close()
        may_go_on.set()
        with pytest.raises(ValueError, match="this Segmenter is closed"):
            await waiting
        assert [runtime.is_closed for runtime in host.runtimes] == [True]

    asyncio.run(run())


def test_model_is_opened_once(host):
    """The first picture opens it; `close` frees it."""

    async def run():
        model = shared_model.SharedModel(load_spec(0), "Segmenter")
        for _ in range(2):
            async with model.turn_async() as runtime:
                assert not runtime.is_closed
        model.close()
        assert [runtime.is_closed for runtime in host.runtimes] == [True]

    asyncio.run(run())
