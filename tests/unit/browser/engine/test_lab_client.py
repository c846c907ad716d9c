"""The quality lab's side in the worker: each request is answered once, in order, and no frame stays open."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pyselfie import shared_model
from tests.unit.browser.engine import engine_kit
from tests.unit.browser.engine.engine_kit import Host, settle
from tests.unit.browser.painting.pipeline_parts import Frame

worker = engine_kit.worker

PLAN = {
    "pictures": ["a.jpg", "alone.jpg"],
    "truths": ["a.png"],
    "settings": [{"model": "general", "edges": "raw", "smoothing": 0}] * 2,
    "clip": False,
}


class LabHost(Host):
    """Keeps the bitmaps that are delivered, too."""

    def deliver(self, request: int, bitmaps: Any) -> None:
        self.replies[request] = bitmaps


@pytest.fixture
def host(worker: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a host, with stand-ins for the browser's canvas: a frame of level 200 is white, others are black."""
    engine = worker.module("page_engine")
    monkeypatch.setattr(engine, "_bridges", [])
    monkeypatch.setattr(engine, "_hosts", [])
    monkeypatch.setattr(engine, "OrtWebRuntime", worker.loader.OrtWebRuntime)
    monkeypatch.setattr(engine, "bridge_spec", lambda spec: spec)
    monkeypatch.setattr(shared_model, "_make_engine", lambda spec, _providers: engine.PageEngine(spec))
    monkeypatch.setattr("pyselfie.segmenter.IN_BROWSER", True)
    module = worker.module("lab.lab_client")

    def read(frame: Frame, size: Any = None) -> Any:
        width, height = size or (frame.width, frame.height)
        rgba = np.full((height, width, 4), 255 if frame.level == 200 else 0, np.uint8)
        rgba[..., 3] = 255
        return rgba

    monkeypatch.setattr(module, "read_rgba", read)
    monkeypatch.setattr(module, "as_bitmap", lambda view: view)
    host = LabHost()
    host.open = lambda: module.LabClient(host, lock=asyncio.Lock())  # type: ignore[attr-defined]
    return host


def ask(client: Any, request: int, message: str, **given: Any) -> None:
    client.receive(SimpleNamespace(type=message, request=request, **{"hasPalette": False, **given}))


def test_requests_are_answered_in_order(host: Any) -> None:
    """A plan, a picture, the table, both views, and the text of one setting; frames are closed when they were read."""

    async def scenario() -> None:
        client = host.open()
        client.start()
        frames = [Frame(200) for _ in range(4)]
        ask(client, 1, "plan", plan=json.dumps(PLAN))
        ask(client, 2, "measure", name="a", picture=frames[0], truth=frames[1])
        ask(client, 3, "table", order="iou a", descending=False)
        ask(client, 4, "views", kind="errors", name="a", picture=frames[2], truth=frames[3])
        ask(client, 5, "csv", side=1)
        for _ in range(20):
            await settle()
        await client.close()
        assert [frame.closed for frame in frames] == [1, 1, 1, 1]

    asyncio.run(scenario())
    assert [message["type"] for message in host.posted] == ["ready"]
    plan = json.loads(host.replies[1])
    assert plan["pairs"] == [{"name": "a", "picture": 0, "truth": 0}]
    assert plan["problems"] == ["one picture has no mask of the same name: alone.jpg"]
    assert host.replies[2] is None
    assert [row["name"] for row in json.loads(host.replies[3])["rows"]] == ["a"]
    assert [view.shape for view in host.replies[4]] == [(48, 64, 3)] * 2
    assert host.replies[5].startswith("name,iou,boundary_f,holes,leak,mad\r\na,")
    assert host.loads == ["general", "general"]
    assert [runtime.is_closed for runtime in host.runtimes] == [True, True]


def test_what_fails_is_a_sentence_and_the_next_goes_on(host: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A mask of another size, and one of labels; a fault of ours has its name, and the console has where it was."""

    async def scenario() -> list[int]:
        client = host.open()
        wide = Frame(200)
        wide.width = 99
        frames = [Frame(), wide, Frame(), Frame(200), Frame(), Frame(200)]
        ask(client, 1, "plan", plan=json.dumps(PLAN))
        ask(client, 2, "measure", name="a", picture=frames[0], truth=frames[1])
        ask(client, 3, "views", kind="errors", name="never seen", picture=frames[2], truth=frames[3])
        ask(client, 4, "measure", name="a", picture=frames[4], truth=frames[5])
        for _ in range(20):
            await settle()
        return [frame.closed for frame in frames]

    assert asyncio.run(scenario()) == [1] * 6
    assert host.replies[2] == "the mask of a is 99x48, but its picture is 64x48: a truth has the size of its picture"
    assert host.replies[3] == "this could not be measured (KeyError: 'never seen')."
    assert host.replies[4] is None
    assert "KeyError" in capsys.readouterr().err


def test_a_download_that_fails_is_told_as_everywhere(host: Any, worker: Any) -> None:
    """By its own sentence."""
    host.on_load = worker.no_answer("general")

    async def scenario() -> None:
        client = host.open()
        ask(client, 1, "plan", plan=json.dumps(PLAN))
        ask(client, 2, "measure", name="a", picture=Frame(), truth=Frame(200))
        await settle()

    asyncio.run(scenario())
    assert host.replies[2] == "No answer."


def test_a_closed_lab_does_no_more(host: Any) -> None:
    """What waits is dropped with its frames."""

    async def scenario() -> list[int]:
        client = host.open()
        frames = [Frame(200), Frame(200)]
        ask(client, 1, "plan", plan=json.dumps(PLAN))
        ask(client, 2, "measure", name="a", picture=frames[0], truth=frames[1])
        await client.close()
        return [frame.closed for frame in frames]

    assert asyncio.run(scenario()) == [1, 1]
    assert host.replies == {}
    assert host.loads == []
