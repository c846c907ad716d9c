"""A whole engine under CPython: its own modules, with stand-ins for the browser, ONNX Runtime and the canvas."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from pyselfie import __version__
from pyselfie.core.gpu_check import Trust, Verdict, key_of
from pyselfie.runtimes.stub import StubRuntime
from tests.unit.browser.painting.pipeline_parts import Frame, Painter, Sampler, Store

AUTO = 3


class JsError(Exception):
    """Stands for Pyodide's JsException."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


class Runtime(StubRuntime):
    """A model that tells the host of each run, and waits where a test holds it."""

    device = None

    def __init__(self, host, spec, backend, reason):
        super().__init__(spec)
        self.host, self.backend, self.reason = host, backend, reason
        self.is_closed = False
        host.runtimes.append(self)

    async def run(self, tensor, extras=None):
        self.host.runs.append(self.spec.name)
        await self.host.on_run(self)
        return await super().run(tensor, extras)

    async def run_alone(self):
        await self.run(np.zeros(self.spec.input_shape, np.float32))

    async def warm_up(self):
        self.reset()

    def close(self):
        self.is_closed = True
        super().close()


async def nothing(_what):
    """Hold nobody up."""


class Host:
    """The worker's JavaScript side: it notes what the page would see. Models are there at once unless a test says."""

    hashesFiles = True  # noqa: N815 - JavaScript's name

    def __init__(self, *, gpu=False):
        adapter = "a GPU" if gpu else ""
        self.probe = SimpleNamespace(hasWebGpu=gpu, adapter=adapter, isSoftware=False, threads=1)
        self.bridge = SimpleNamespace(create=self._create, onDeviceLost=self._listen, dropDevice=self._drop)
        self.bridge.version = "1.0"
        self.posted: list[dict[str, Any]] = []
        self.replies: dict[int, Any] = {}
        self.traces: list[Any] = []
        self.runs: list[str] = []
        self.composites: list[str] = []
        self.loads: list[str] = []
        self.created: list[str] = []
        self.runtimes: list[Any] = []
        self.effect_runs: list[int] = []
        self.drops = self.paints = self.devices_dropped = 0
        self.lose_device: Any = None
        self.on_run: Any = nothing  # here a test waits, or fails, while a model runs,
        self.on_load: Any = nothing  # or is downloaded,
        self.on_create: Any = nothing  # or while its session is made

    async def loadModel(self, _file, name):  # noqa: N802 - JavaScript's name
        self.loads.append(name)
        await self.on_load(name)
        return MagicMock()

    async def _create(self, _buffer, _spec, backend):
        self.created.append(backend)
        await self.on_create(backend)
        return self

    def _listen(self, callback):
        self.lose_device = callback

    def _drop(self):
        self.devices_dropped += 1

    def post(self, message):
        self.posted.append(json.loads(message))

    def told(self, kind):
        return [message for message in self.posted if message["type"] == kind]

    def painted(self, *_size_and_ms):
        self.paints += 1

    def dropped(self):
        self.drops += 1

    def effectRuns(self, number):  # noqa: N802 - as above
        self.effect_runs.append(number)

    def downloaded(self):
        pass

    def composite(self, form, *_):
        self.composites.append(form)

    def trace(self, message, pictures):
        self.traces.append((json.loads(message), vars(pictures)))

    def reply(self, request, value, error):
        self.replies[request] = value if error is None else error


GPU_KEY = key_of("a GPU", "canvas2d", __version__, "1.0")


def trusting(key=GPU_KEY):
    """Return the verdict on a host's GPU that lets models run on it."""
    return Trust(json.dumps({key: Verdict("webgpu", "it is fast").as_entry()}))


def as_object(value):
    """Return dictionaries, also within others, as JavaScript's objects."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: as_object(one) for name, one in value.items()})
    return [as_object(one) for one in value] if isinstance(value, list) else value


class Worker:
    """The modules of the browser's side, imported for one test."""

    def __init__(self, monkeypatch):
        self.painter = Painter()
        ffi = MagicMock(JsException=JsError)
        ffi.to_js = lambda value, **_: as_object(value)
        ffi.create_proxy = lambda function: SimpleNamespace(__call__=function, destroy=lambda: None, call=function)
        names = ("js", "pyodide", "pyodide.code", "pyselfie_worker")
        stand_ins = {name: MagicMock() for name in names} | {"pyodide.ffi": ffi}
        for name, module in stand_ins.items():
            monkeypatch.setitem(sys.modules, name, module)
        self.loader = self.module("models.loader")
        monkeypatch.setattr(self.loader, "OrtWebRuntime", Runtime)
        monkeypatch.setattr(self.loader, "bridge_spec", lambda spec: spec)
        output = self.module("output")
        parts = {"FrameStore": Store, "CanvasSampler": Sampler, "Canvas2DPainter": lambda _canvas: self.painter}
        for name, part in parts.items():
            monkeypatch.setattr(output, name, part)
        monkeypatch.setattr(self.module("camera_mask"), "CanvasSampler", Sampler)
        self.now = 1000.0  # seconds, for the choice of the model; runs of a trial take no time
        monkeypatch.setattr(self.module("models.spare"), "time", SimpleNamespace(perf_counter=lambda: self.now))
        monkeypatch.setattr(self.module("models.auto").AutoModel.__init__, "__defaults__", (lambda: self.now,))

    def module(self, name):
        return importlib.import_module(f"pyselfie.browser.{name}")

    @staticmethod
    def no_answer(model):
        """Return for a host's `on_load` what refuses one model."""

        async def on_load(name):
            if name == model:
                raise JsError("DownloadError", "No answer.")

        return on_load

    def engine(self, host, effect="mask", trust=None, painter="canvas2d", **options):
        """Return an engine that paints on Canvas 2D and trusts its GPU unless told; options by JavaScript's names."""
        chosen = json.dumps({"effect": effect, **options})
        settings = {"requested": "auto", "painter": painter, "lock": asyncio.Lock(), "trust": trust or trusting()}
        return self.module("engine.engine").Engine(host, MagicMock(), chosen, **settings)


@pytest.fixture
def worker(monkeypatch):
    """Return the modules, with stand-ins for what only a browser has."""
    before = set(sys.modules)
    yield Worker(monkeypatch)
    for name in set(sys.modules) - before:
        if name.startswith("pyselfie.browser"):  # they have the stand-ins
            del sys.modules[name]


async def settle():
    """Let everything run that waits for nothing but its turn."""
    for _ in range(100):
        await asyncio.sleep(0)


async def started(worker, host, **options):
    """Return an engine whose first model runs."""
    engine = worker.engine(host, **options)
    engine.start()
    await settle()
    assert [message["type"] for message in host.told("ready")] == ["ready"]
    return engine


async def with_a_photo(worker):
    """Return an engine that chooses its model, and shows a photo, and its host."""
    host = Host()
    engine = await started(worker, host, modelSelection=AUTO)
    show(engine, photo=True)
    await settle()
    return engine, host


def show(engine, level=0, *, photo=False, cut=False, first=False, blurred=False, mask=None, size=(64, 48)):
    """Send a frame of one brightness, as the page does: a photo is always a cut."""
    frame = Frame(level)
    frame.width, frame.height = size
    kind = {"isCut": cut or first or photo, "isFirst": first, "isPhoto": photo, "isBlurred": blurred, "mask": mask}
    engine.receive(SimpleNamespace(type="frame", frame=frame, **kind))
    return frame


def ask(engine, kind, request):
    """Ask for a mask, the classes or a snapshot."""
    engine.receive(SimpleNamespace(type=kind, request=request))


def use(engine, source, name=None, values="{}", number=1, ended=None):
    """Send a user's effect, or None."""
    text = {"source": source, "name": name, "values": values, "number": number, "ended": ended}
    engine.receive(SimpleNamespace(type="custom_effect", **text))


def set_options(engine, **changes):
    """Change options, by JavaScript's names."""
    engine.receive(SimpleNamespace(type="options", changes=json.dumps([changes]), lot=1))
