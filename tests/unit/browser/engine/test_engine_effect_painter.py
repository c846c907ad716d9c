"""Effects in Python in a whole engine, under CPython: Canvas 2D paints those of full size, then WebGPU again."""

import asyncio
import json
from types import SimpleNamespace

import numpy as np
import pytest

from pyselfie import __version__
from pyselfie.core.geometry import Size
from pyselfie.core.gpu_check import Trust, key_of
from tests.unit.browser.engine.effect_kit import LEVEL, PAINT, levels
from tests.unit.browser.engine.engine_kit import Host, JsError, Runtime, settle, show, trusting, use, worker
from tests.unit.browser.models.gpu_kit import check, gpu_host, until

__all__ = ["check", "worker"]


FULL = "def effect(frame, mask, time):\n    return frame // 255 * 0 + 3\n"
WHY = "an effect in Python reads the frame's pixels"


class GpuPart:
    """A pipeline on the GPU, as far as changing the painter goes."""

    painter = "webgpu"
    custom_effect, way_in, is_on_trial, has_camera_mask = None, "", False, False

    def __init__(self, made):
        made.append(self)
        self.size, self.has_frame = Size(64, 48), False
        self.frame = None
        self.is_closed = False
        self.levels = []  # of each overlay that was drawn

    def fits(self, runtime):
        return runtime.device is not None

    async def use(self, runtime):
        self.runtime = runtime

    async def process(self, frame, _options, **_how):
        self.frame, self.has_frame = frame, True
        self.repaint(None)
        return True

    async def refresh(self, options):
        self.repaint(options)
        return self.has_frame

    def needs_mask(self, _options):
        return True

    def lacks_mask(self, _options):
        return False

    def repaint(self, _options):
        if self.custom_effect is not None and self.has_frame:
            sample, mask = np.zeros((256, 256, 4), np.uint8), np.zeros((256, 256), np.float32)
            shot = {"size": self.size, "sample": sample, "mask": mask, "classes": lambda: None, "mirror": False}
            overlay = self.custom_effect.overlay(SimpleNamespace(**shot, flip=slice(None), classes_for=lambda *_: None))
            self.levels.append(None if overlay is None else int(overlay.max()))

    async def read_mask(self):
        return np.zeros((256, 256), np.float32)

    def set_backdrop(self, _backdrop):
        pass

    def hand_over(self):
        return self.frame, None

    def close(self):
        self.is_closed = True
        self.runtime.close()


@pytest.fixture
def gpu(worker, monkeypatch):
    """Let models run on a GPU whose pipelines are noted; return those."""
    made: list[GpuPart] = []

    async def create(*_):
        return GpuPart(made)

    class OnGpu(Runtime):
        device = SimpleNamespace(queue=SimpleNamespace(onSubmittedWorkDone=settle))  # type: ignore[assignment]

    monkeypatch.setattr(worker.loader, "OrtGpuRuntime", OnGpu)
    monkeypatch.setattr(worker.module("canvas.custom_effect").CustomEffectCanvas, "_put", lambda _: None)
    monkeypatch.setattr(worker.module("webgpu.pipeline").GpuPipeline, "create", create)
    return made


async def on_gpu(worker):
    """Return an engine that shows a frame by the WebGPU painter, and its host, which gives canvases."""
    host = Host(gpu=True)
    host.bridge.createOnGpu = lambda buffer, spec: host._create(buffer, spec, "webgpu")
    engine = worker.engine(host, painter="auto", trust=trusting(key_of("a GPU", "webgpu", __version__, "1.0")))
    post = host.post

    def answer(message):
        post(message)
        if json.loads(message)["type"] == "canvas":
            canvas = SimpleNamespace(type="canvas", canvas=object())
            asyncio.get_running_loop().call_soon(engine.receive, canvas)

    host.post = answer  # type: ignore[method-assign]
    engine.start()
    await settle()
    assert host.told("ready")[0]["painter"] == "webgpu"
    show(engine, 40)
    await settle()
    return engine, host


def painted(worker):
    """Return how often Canvas 2D has painted a picture of full size by the user's effect, and by one of ours."""
    draws = [[draw.layer for draw in one[3]] for one in worker.painter.painted if one != "closed"]
    return draws.count(["frame"]), len(draws) - draws.count(["frame"])


def test_canvas_2d_paints_while_there_is_an_effect_of_full_size(worker, gpu):
    """The engine changes its painter, says so, paints the frame in hand, and goes back when the effect has gone."""

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, FULL)
        await settle()
        change = host.told("backendchange")[-1]
        assert (change["painter"], change["backend"]) == ("canvas2d", "webgpu")
        assert change["painterReason"] == WHY
        told = [(notice["code"], notice["message"]) for notice in host.told("notice")]
        assert told == [("painter", f"Canvas 2D paints from now on: {WHY}.")]
        assert painted(worker) == (1, 0)
        assert gpu[0].is_closed
        assert host.devices_dropped == 0
        use(engine, None)
        await settle()
        assert host.told("backendchange")[-1]["painter"] == "webgpu"
        assert gpu[1].frame.level == 40
        assert len(host.told("notice")) == 1

    asyncio.run(run())


def test_webgpu_goes_on_painting_with_an_overlay(worker, gpu):
    """Nothing is exchanged and nothing is told of a painter, also when it fails and when it goes."""

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, LEVEL.format(PAINT))
        await settle()
        use(engine, LEVEL.format("return 1 / 0"), number=2)
        await settle()
        use(engine, None)
        await settle()
        assert (host.told("backendchange"), host.told("notice"), len(gpu)) == ([], [], 1)
        assert gpu[0].levels == [3, 3]
        assert painted(worker) == (0, 0)

    asyncio.run(run())


def test_webgpu_paints_again_once_an_overlay_has_proved_good(worker, gpu):
    """The effect of full size before it goes on while the overlay's text fails; then painting goes back."""

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, FULL)
        await settle()
        use(engine, LEVEL.format("return 1 / 0"), number=2)
        await settle()
        assert (host.told("backendchange")[-1]["painter"], len(gpu)) == ("canvas2d", 1)
        assert painted(worker) == (2, 0)
        use(engine, LEVEL.format(PAINT), number=3)
        await settle()
        assert (host.told("backendchange")[-1]["painter"], len(gpu)) == ("webgpu", 2)
        assert gpu[1].levels == [3]
        assert len(host.told("notice")) == 1

    asyncio.run(run())


def test_last_good_effect_of_full_size_goes_on_where_an_overlay_fails_later(worker, gpu):
    """WebGPU paints the overlay until then, and Canvas 2D the other one from the next frame on."""

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, FULL)
        await settle()
        body = f"state['n'] = state.get('n', 0) + 1\n    if state['n'] > 3: raise ValueError\n    {PAINT}"
        use(engine, LEVEL.format(body).replace("aspect", "state"), number=2)
        await settle()
        assert (host.told("backendchange")[-1]["painter"], len(gpu)) == ("webgpu", 2)
        before = painted(worker)[0]
        for level in (50, 60):
            show(engine, level)
            await settle()
        assert gpu[1].levels == [3, 3, None]
        assert host.told("backendchange")[-1]["painter"] == "canvas2d"
        assert painted(worker)[0] > before

    asyncio.run(run())


def test_overlay_goes_on_until_canvas_2d_can_paint_what_came_after_it(worker, gpu):
    """An effect of full size has to wait for its painter: what is good is shown meanwhile, and the new one isn't run.

    It's only read.
    """

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, LEVEL.format(PAINT))
        await settle()
        may_load = asyncio.Event()

        async def hold(_name):
            await may_load.wait()

        host.on_load = hold
        use(engine, FULL, number=2)
        await settle()
        show(engine, 50)
        await settle()
        assert set(gpu[0].levels) == {3}
        assert host.effect_runs.count(2) == 1
        may_load.set()
        await settle()
        assert host.told("backendchange")[-1]["painter"] == "canvas2d"
        assert painted(worker)[0] > 0

    asyncio.run(run())


@pytest.mark.usefixtures("gpu")
def test_effect_that_comes_while_the_engine_starts_is_painted(worker):
    """Before the first model is there: the painter is right from the beginning, or exchanged."""

    async def run():
        host = Host(gpu=True)
        host.bridge.createOnGpu = lambda buffer, spec: host._create(buffer, spec, "webgpu")
        engine = worker.engine(host, painter="auto", trust=trusting(key_of("a GPU", "webgpu", __version__, "1.0")))
        use(engine, FULL)
        engine.start()
        await settle()
        show(engine, 40)
        await settle()
        assert host.told("ready")[0]["painter"] == "canvas2d"
        assert painted(worker) == (1, 0)

    asyncio.run(run())


@pytest.mark.usefixtures("check")
def test_effect_that_comes_during_the_check_follows_its_verdict(worker, gpu):
    """The painter that is the GPU's is checked, whatever paints; the model runs there, and Canvas 2D paints."""

    async def run():
        host = gpu_host(worker)
        host.bridge.createOnGpu = lambda buffer, spec: host._create(buffer, spec, "webgpu")
        engine = worker.engine(host, painter="auto", trust=Trust())
        engine.start()
        await settle()
        use(engine, FULL)
        show(engine, 40)
        await settle()
        await until(lambda: host.told("backendchange"))
        change = host.told("backendchange")[-1]
        assert (change["backend"], change["painter"]) == ("webgpu", "canvas2d")
        assert change["reason"] == "hardware adapter a GPU: a frame takes 0.0 ms on it and 9.0 ms without it"
        assert json.loads(host.told("gpucheck")[-1]["entry"])["backend"] == "webgpu"
        assert [part.is_closed for part in gpu] == [True]
        alive = [(runtime.backend, runtime.device) for runtime in host.runtimes if not runtime.is_closed]
        assert alive == [("webgpu", None)]

    asyncio.run(run())


def test_painter_that_cannot_be_exchanged_is_told(worker, gpu):
    """What painted goes on, and the page gets a sentence."""

    async def run():
        engine, host = await on_gpu(worker)

        async def refuse(_name):
            raise JsError("DownloadError", "No answer.")

        host.on_load = refuse
        use(engine, FULL)
        await settle()
        assert host.told("error")[-1]["message"] == "No answer."
        assert not gpu[0].is_closed
        show(engine, 70)
        await settle()
        assert gpu[0].frame.level == 70

    asyncio.run(run())


def test_bad_first_text_changes_no_painter(worker, gpu):
    """An effect that cannot be loaded is told, and all stays as it is."""

    async def run():
        engine, host = await on_gpu(worker)
        use(engine, "effect = 3")
        await settle()
        assert "effect.py has no effect: write def effect" in host.told("error")[-1]["message"]
        assert (host.told("backendchange"), gpu[0].is_closed) == ([], False)
        assert np.array_equal(levels(worker), [])

    asyncio.run(run())


def test_a_first_frame_on_the_gpu_counts_as_loading(worker, gpu, monkeypatch):
    """Drivers compile shaders when they first run, and the page takes a long silence for a worker's death."""

    async def run():
        monkeypatch.setattr(Host, "painted", lambda host, *_: host.posted.append({"type": "painted"}))
        engine, host = await on_gpu(worker)
        show(engine, 50)
        await settle()
        types = [message["type"] for message in host.posted]
        since = host.posted[types.index("ready") :]
        told = [message.get("on", "painted") for message in since if message["type"] in {"loading", "painted"}]
        assert (told, len(gpu)) == ([True, False, "painted", "painted"], 1)
        engine.close()
        await settle()

    asyncio.run(run())
