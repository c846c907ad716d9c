"""The output's end, under CPython: nobody waits for a page that has closed the channel."""

import asyncio
import importlib
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest


class JsError(Exception):
    """Stands for Pyodide's JsException."""


@pytest.fixture
def output(monkeypatch):
    """Return an output that runs a model on Canvas 2D, and what it posts; the browser's modules are stand-ins."""
    before = set(sys.modules)
    monkeypatch.setitem(sys.modules, "js", MagicMock())
    monkeypatch.setitem(sys.modules, "pyodide", MagicMock())
    monkeypatch.setitem(sys.modules, "pyodide.ffi", MagicMock(JsException=JsError))
    monkeypatch.setitem(sys.modules, "pyselfie_worker", MagicMock())
    module = importlib.import_module("pyselfie.browser.output")
    monkeypatch.setattr(module, "CanvasPipeline", MagicMock(side_effect=lambda *_: Pipeline()))
    posted: list[dict[str, str]] = []
    output = module.Output(MagicMock(), MagicMock(), posted.append, MagicMock())
    asyncio.run(output.use(SimpleNamespace(device=None)))
    yield output, posted
    for name in set(sys.modules) - before:
        if name.startswith("pyselfie.browser"):  # they have the stand-ins
            del sys.modules[name]


class Pipeline(MagicMock):
    """Runs models without a device."""

    def fits(self, runtime):
        return runtime.device is None

    async def use(self, runtime):
        self.runtime = runtime


def exchange(output, second, monkeypatch):
    """Let another pipeline take over, on a canvas of its own."""

    async def make(*_):
        return second

    async def replace():
        waiting = asyncio.ensure_future(output.use(SimpleNamespace(device="a GPU")))
        await asyncio.sleep(0)
        output.take_canvas(MagicMock())
        await waiting

    monkeypatch.setattr(sys.modules["pyselfie.browser.output"], "make_pipeline", make)
    monkeypatch.setattr(second, "use", make)
    asyncio.run(replace())


def test_an_end_gives_up_waiting_for_a_canvas(output):
    """Who waits for the page's canvas holds the lock that all engines share: the end cancels the wait."""
    output, posted = output

    async def end_while_waiting():
        waiting = asyncio.ensure_future(output.use(SimpleNamespace(device="a GPU")))
        await asyncio.sleep(0)
        assert posted == [{"type": "canvas"}]
        output.end()
        await asyncio.wait([waiting], timeout=5)
        return waiting.cancelled()

    assert asyncio.run(end_while_waiting())


def test_whatever_paints_knows_of_a_photo(output, monkeypatch):
    """What runs when it comes, and what takes over from it, as another painter may for the same photo."""
    output, _ = output
    first, second = output._pipeline, Pipeline()
    second.hand_over.return_value = first.hand_over.return_value = (None, None)
    for photo in (True, False, True):
        output.expect(photo=photo)
        assert first.is_photo is photo

    exchange(output, second, monkeypatch)
    assert output._pipeline is second
    assert second.is_photo is True


def test_after_the_end_no_model_is_taken(output):
    """A model that was still loading is refused, so that its loader closes it."""
    output, _ = output
    output.end()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(output.use(SimpleNamespace(device=None)))


def test_a_backdrop_that_no_pipeline_had_is_closed(output):
    """If the first model never came, the backdrop is still the output's own."""
    backdrop = MagicMock()
    output[0]._pipeline = None
    output[0].set_backdrop(backdrop)
    output[0].close()
    backdrop.close.assert_called_once()


def test_a_canvas_is_shown_once_there_is_something_on_it(output, monkeypatch):
    """The last picture stays where a user's effect fails on the new painter; a repaint may be the first that shows."""
    output, posted = output
    second = Pipeline()
    second.hand_over.return_value = output._pipeline.hand_over.return_value = (None, None)
    exchange(output, second, monkeypatch)
    posted.clear()

    async def painted(*_, **__):
        return True

    second.process = painted
    second.has_picture.return_value = False
    assert asyncio.run(output.process((MagicMock(), False, None), MagicMock()))
    second.repaint.return_value = False
    output.repaint(MagicMock())
    assert posted == []
    second.has_picture.return_value = second.repaint.return_value = True
    for _ in range(2):
        output.repaint(MagicMock())
    assert posted == [{"type": "show"}]
