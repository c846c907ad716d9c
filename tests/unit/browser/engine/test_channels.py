"""The worker's end: all frames are closed before the page hears that it may go."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from tests.unit.browser.engine import engine_kit
from tests.unit.browser.engine.engine_kit import Host, settle
from tests.unit.browser.painting.pipeline_parts import Frame

worker = engine_kit.worker


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def channels(worker, host, monkeypatch):
    """Return the channels of a worker, with one engine; to be used in a loop."""
    monkeypatch.setattr(gc, "freeze", lambda: None)
    module = worker.module("channels")
    monkeypatch.setattr(module, "provoke_first_error", lambda: None)

    def make():
        channels = module.Channels(lambda _channel: host, "auto", "canvas2d", "{}")
        options = '{"effect": "mask"}'
        channels.receive(SimpleNamespace(type="open", channel=1, options=options, canvas=MagicMock()))
        return channels

    return make


def send(channels, *, first=False):
    frame = Frame()
    kind = {"isCut": first, "isFirst": first, "isPhoto": False, "isBlurred": False, "mask": None}
    channels.receive(SimpleNamespace(type="frame", channel=1, frame=frame, **kind))
    return frame


@pytest.mark.parametrize("is_closed", [False, True])
def test_the_end_waits_until_each_frame_is_closed(channels, host, is_closed):
    """The one in hand, the one that the model has, and the one that waits: also if the page has closed its engine."""

    async def scenario():
        opened = channels()
        await settle()
        in_hand = send(opened, first=True)
        await settle()
        running = asyncio.Event()
        host.on_run = lambda _runtime: running.wait()
        at_work = send(opened)
        await settle()
        waits = send(opened)
        if is_closed:
            opened.receive(SimpleNamespace(type="close", channel=1))
        end = asyncio.ensure_future(opened.end())
        await settle()
        assert (in_hand.closed, at_work.closed, waits.closed, end.done()) == (1, 0, 1, False)
        running.set()
        await end
        assert at_work.closed == 1

    asyncio.run(scenario())


def test_the_end_does_not_wait_for_a_model(channels, host):
    """While the first one is being loaded, a frame waits: it is closed at once."""

    async def scenario():
        host.on_load = lambda _name: asyncio.Event().wait()
        opened = channels()
        frame = send(opened, first=True)
        await settle()
        end = asyncio.ensure_future(opened.end())
        await settle()
        assert (frame.closed, end.done()) == (1, True)

    asyncio.run(scenario())
