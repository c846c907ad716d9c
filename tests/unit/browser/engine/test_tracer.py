"""The trace in a whole engine, under CPython: what the page is sent, when, and that nothing is done for nobody."""

import asyncio
import io
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.unit.browser.engine.engine_kit import Host, Runtime, set_options, settle, show, started, worker

__all__ = ["worker"]

REFINED = ["frame", "model-input", "raw-mask", "smoothing-weight", "refined-mask", "overlay", "composite"]
RAW = ["frame", "model-input", "raw-mask", "overlay", "composite"]


class Reader:
    """Reads pictures of one brightness."""

    made: ClassVar[list[Any]] = []

    def __init__(self):
        self.count = 0
        self.made.append(self)

    def read(self, picture, size):
        self.count += 1
        return np.full((size.height, size.width, 4), getattr(picture, "level", 0), np.uint8)


class Time:
    """Goes on when a test says."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    async def sleep(self, seconds):
        until = self.now + seconds
        while self.now < until:
            await asyncio.sleep(0)

    async def pass_by(self, seconds):
        self.now += seconds
        await settle()


@pytest.fixture
def clock(worker, monkeypatch):
    """Return the time of the tracer, whose readers are stand-ins."""
    module = worker.module("engine.tracer")
    clock = Time()
    Reader.made = []
    monkeypatch.setattr(module, "PixelReader", Reader)
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=clock.sleep))
    return clock


def trace(engine, state):
    engine.receive(SimpleNamespace(type="trace", state=state))


def ask(engine, step, request=1):
    engine.receive(SimpleNamespace(type="traced", request=request, step=step))


def there(host):
    """Return the names of the last trace's steps that have an array."""
    return [step["name"] for step in host.traces[-1][0]["steps"] if step["shape"]]


async def opened(worker, host=None, **options):
    """Return an engine with a photo and an open trace, and its host."""
    host = host or Host()
    engine = await started(worker, host, **options)
    show(engine, 50, photo=True)
    await settle()
    trace(engine, "live")
    await settle()
    return engine, host


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("edges", "names"), [("refined", REFINED), ("raw", RAW)])
def test_photo_is_traced_when_the_trace_is_opened(worker, edges, names):
    """The frame in hand is segmented once more, and all its steps come, with thumbnails, sizes and times."""

    async def run():
        _, host = await opened(worker, edges=edges, modelSelection=1)
        [(told, pictures)] = host.traces
        assert there(host) == names
        assert sorted(pictures) == sorted(names)
        assert (pictures["raw-mask"].width, pictures["raw-mask"].height) == (128, 72)
        steps = {step["name"]: step for step in told["steps"]}
        assert steps["frame"]["shape"] == [48, 64, 3]
        assert steps["model-input"]["shape"] == [144, 256, 3]
        assert steps["overlay"]["shape"] == [144, 256, 4]
        assert steps["model-input"]["low"] == pytest.approx(50 / 255)
        assert steps["raw-mask"]["ms"] >= 0
        assert (told["painter"], told["readbacks"]) == ("canvas2d", 2)
        assert host.runs == ["landscape"] * 2

    asyncio.run(run())


def test_nothing_is_done_for_nobody(worker, clock, monkeypatch):
    """Never opened, or closed again: no reader, no message, no output of the model that painting does not need."""
    asked = []

    async def run():
        host = Host()

        async def on_run(runtime):
            asked.extend(runtime.extras)

        host.on_run = on_run
        engine = await started(worker, host, effect="mask")
        for _ in range(5):
            show(engine, 50)
            await settle()
        assert (host.traces, Reader.made) == ([], [])
        assert "still" not in asked
        trace(engine, "live")
        await settle()
        assert "still" in asked
        segmenter = engine._output._pipeline._segmenter
        assert len(segmenter._inputs) == 1
        trace(engine, "off")
        assert segmenter._inputs == []
        show(engine, 60)
        await clock.pass_by(10)
        asked.clear()
        count = Reader.made[0].count
        for _ in range(5):
            show(engine, 50)
            await clock.pass_by(1)
        assert (len(host.traces), len(Reader.made), Reader.made[0].count) == (1, 1, count)
        assert "still" not in asked
        ask(engine, "frame")
        assert "no steps yet" in host.replies[1]

    run_with_extras(Runtime, monkeypatch)
    asyncio.run(run())


def run_with_extras(runtime, monkeypatch):
    """Let a runtime tell of each run what it was asked for besides the mask."""
    original = runtime.run

    async def run(self, tensor, extras=None):
        self.extras = extras or ()
        return await original(self, tensor, extras)

    monkeypatch.setattr(runtime, "run", run)


def test_few_of_many_frames_are_traced(worker, clock):
    """At most five in a second, and the last one always."""

    async def run():
        engine, host = await opened(worker)
        for level in range(100):
            show(engine, level)
            await clock.pass_by(0.01)
        assert 5 <= len(host.traces) <= 6
        await clock.pass_by(1)
        assert host.traces[-1][0]["steps"][0]["low"] == 99
        count = len(host.traces)
        await clock.pass_by(10)
        assert len(host.traces) == count

    asyncio.run(run())


def test_change_of_options_is_traced(worker, clock):
    """A photo is painted anew, and its steps are told anew; an effect that needs no person has no mask to show."""

    async def run():
        engine, host = await opened(worker)
        set_options(engine, effect="none")
        await settle()
        await clock.pass_by(1)
        assert len(host.traces) == 2
        assert "overlay" not in there(host)
        show(engine, 60, photo=True)
        await settle()
        await clock.pass_by(1)
        assert there(host) == ["frame", "composite"]
        notes = {step["name"]: step["note"] for step in host.traces[-1][0]["steps"]}
        assert "does not need the person" in notes["raw-mask"]

    asyncio.run(run())


def test_held_trace_keeps_its_frame(worker, clock):
    """Frames go on, the arrays that can be asked for stay, and what came meanwhile is told when it is let go."""

    async def run():
        engine, host = await opened(worker)
        trace(engine, "held")
        show(engine, 200)
        await settle()
        await clock.pass_by(1)
        assert len(host.traces) == 1
        ask(engine, "model-input")
        held = np.load(io.BytesIO(host.replies[1].npy.tobytes()))
        np.testing.assert_allclose(held, 50 / 255, atol=1e-6)
        trace(engine, "live")
        await settle()
        assert len(host.traces) == 2
        ask(engine, "model-input", 2)
        assert host.replies[2].npy.tobytes()[host.replies[2].offset :] != held.tobytes()

    asyncio.run(run())


@pytest.mark.usefixtures("clock")
def test_answers_say_what_is_not_there(worker):
    """An unknown step, and one that this model has not: one sentence each."""

    async def run():
        engine, host = await opened(worker, edges="raw")
        ask(engine, "refined-mask")
        assert host.replies[1] == "With raw edges the model's mask is used as it is."
        ask(engine, "mask")
        assert host.replies[1].startswith("There is no step “mask”; there are frame, model-input,")
        ask(engine, "raw-mask")
        answer = host.replies[1]
        assert (answer.shape, answer.dtype, answer.picture.width) == ([256, 256], "float32", 256)
        assert sum(answer.histogram.counts[0]) == 256 * 256

    asyncio.run(run())


def test_failure_is_told_and_the_frames_go_on(worker, clock, monkeypatch):
    """A picture that cannot be read is one sentence; the next trace gets its chance."""

    async def run():
        engine, host = await opened(worker)
        with monkeypatch.context() as patched:
            patched.setattr(Reader, "read", lambda *_: 1 / 0)
            show(engine, 60)
            await settle()
            await clock.pass_by(1)
        [error] = host.told("error")
        assert error["message"].startswith("The steps of this frame could not be shown (ZeroDivisionError")
        assert error["action"] is None
        paints = host.paints
        show(engine, 70)
        await settle()
        await clock.pass_by(1)
        assert (host.paints, len(host.traces)) == (paints + 1, 2)

    asyncio.run(run())


def test_failure_that_stays_is_told_once(worker, clock, monkeypatch):
    """However many frames it meets; after a trace, or when it is opened again, it is news."""

    async def run():
        engine, host = await opened(worker)
        for times in (1, 2):
            with monkeypatch.context() as patched:
                patched.setattr(Reader, "read", lambda *_: 1 / 0)
                for level in range(3):
                    show(engine, level)
                    await settle()
                    await clock.pass_by(1)
            assert len(host.told("error")) == times
            show(engine, 9)
            await settle()
            await clock.pass_by(1)

    asyncio.run(run())


def test_closed_engine_traces_no_more(worker, clock):
    """A frame waits for its trace when the engine is closed: nothing is kept."""

    async def run():
        engine, host = await opened(worker)
        show(engine, 60)
        await settle()
        segmenter = engine._output._pipeline._segmenter
        await engine.close()
        await clock.pass_by(10)
        assert len(host.traces) == 1
        assert segmenter._inputs == []
        ask(engine, "frame")
        assert "no steps yet" in host.replies[1]

    asyncio.run(run())
