"""Loads a model on the best backend that works, and decides what comes after one that has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pyodide.ffi import JsException

from pyselfie import __version__
from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
from pyselfie.browser.models.ort_web import OrtWebRuntime, bridge_spec, fetch_model
from pyselfie.core.gpu_check import key_of
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.auto import Probe, candidates, needs_verdict
from pyselfie.runtimes.painters import PainterChoice

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.output import AnyRuntime
    from pyselfie.core.gpu_check import Trust, Verdict
    from pyselfie.core.manifest import ModelSpec


Changing = Literal["backend", "painter"]


class ModelChoice(NamedTuple):
    """Which network.

    Attributes
    ----------
    number
        The option `model_selection`.
    edges
        The option `edges`.
    """

    number: int
    edges: str


class EngineError(Exception):
    """No backend is left that runs the model; the message is one sentence for the user."""


class ModelLoader:
    """Loads models on the best backend that works.

    Parameters
    ----------
    host : Host
        Downloads models, lends the bridge, and says what the browser offers.
    requested : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    painter : str
        ``"auto"``, ``"webgpu"`` or ``"canvas2d"``: whether frames stay on the GPU.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use: creating waits for running, and vice versa.
    trust : Trust
        The verdicts on the adapter.
    on_change : callable
        Called with ``"backend"`` or ``"painter"`` and a sentence when one failed, or does not do any more, and another
        one is taken.

    Attributes
    ----------
    threads : int
        Threads that WebAssembly uses.
    is_open : bool
        Whether anything may be loaded; see `close`.
    gpu_painter : str
        What paints where the model runs on WebGPU.
    gpu_key : str
        What the verdict on the GPU is kept under.
    awaits_verdict : bool
        Whether WebGPU would run if a check found it fit.
    """

    def __init__(
        self,
        host: Host,
        requested: str,
        painter: str,
        *,
        lock: asyncio.Lock,
        trust: Trust,
        on_change: Callable[[Changing, str], None],
    ) -> None:
        found = host.probe
        probe = Probe(found.hasWebGpu, found.adapter, found.isSoftware, found.threads)
        self.lock, self.trust = lock, trust
        self.threads = probe.threads
        self._probe, self._requested = probe, requested
        self._host = host
        self._painters = PainterChoice(painter, is_software=probe.is_software)
        self._renewed = False
        self.gpu_painter, _ = self._painters.for_backend("webgpu")
        self.gpu_key = key_of(probe.adapter, self.gpu_painter, __version__, host.bridge.version)
        verdict = trust.verdict(self.gpu_key)
        self.awaits_verdict = verdict is None and needs_verdict(probe, requested)
        self._backends = candidates(probe, requested, verdict)
        self.backend, self.reason = next(self._backends)
        self._on_change = on_change
        self.is_open = True

    def close(self) -> None:
        """Load nothing more: what is on its way comes to nothing."""
        self.is_open = False

    def check_open(self) -> None:
        """Go on only while the engine does.

        Raises
        ------
        EngineError
            If the engine has been closed.
        """
        if not self.is_open:
            raise EngineError("The engine is closed.")

    @property
    def has_gpu(self) -> bool:
        """Whether models run on a hardware GPU."""
        return self.backend == "webgpu" and not self._probe.is_software

    def heed(self, verdict: Verdict) -> None:
        """Take the verdict that was awaited: models run by it from the next one on."""
        self.awaits_verdict = False
        self._backends = candidates(self._probe, self._requested, verdict)
        self.backend, self.reason = next(self._backends)

    @property
    def painter(self) -> tuple[str, str]:
        """Which painter fits the backend, and why."""
        return self._painters.for_backend(self.backend)

    def need_canvas(self, why: str | None) -> None:
        """Let Canvas 2D paint what is loaded from now on, because of `why`; None: it need not any more."""
        if why is not None and self.painter[0] == "webgpu":
            self._on_change("painter", f"Canvas 2D paints from now on: {why}.")
        self._painters.need_canvas(why)

    async def load(self, choice: ModelChoice, *, is_optional: bool = False) -> AnyRuntime:
        """Return a runtime that has run once, on this backend or, unless `is_optional`, on the next one that works.

        Raises
        ------
        ModelFileError
            If the downloaded file is not the manifest's.
        JsException
            If the download fails, or an optional model.
        EngineError
            If no backend runs the model, or the engine has been closed meanwhile.
        """
        spec, buffer = await self.download(choice, self.backend)
        while True:
            try:
                async with self.lock:
                    self.check_open()
                    if load_spec(*choice, self.backend) == spec:  # else it is another backend by now
                        return await self.create(buffer, spec, self.backend)
            except JsException as error:  # the next backend's turn
                if is_optional:
                    raise
                self._give_up(f"{error.name}: {error.message}")
            if load_spec(*choice, self.backend) != spec:
                spec, buffer = await self.download(choice, self.backend)

    async def download(self, choice: ModelChoice, backend: str) -> tuple[ModelSpec, Any]:
        """Return the model's file for this backend, with what it is; raises as `load` does."""
        spec = load_spec(*choice, backend)
        return spec, await fetch_model(self._host, spec)

    async def create(self, buffer: Any, spec: ModelSpec, backend: str, painter: str | None = None) -> AnyRuntime:
        """Return a runtime that has run once on this backend; not while ONNX Runtime is in use.

        It is for this painter, without one for that which paints by now with this backend.

        Raises
        ------
        JsException
            If the backend does not run the model.
        """
        bridge, described = self._host.bridge, bridge_spec(spec)
        runtime: AnyRuntime
        if (painter or self._painters.for_backend(backend)[0]) == "webgpu":
            session = await bridge.createOnGpu(buffer, described)
            runtime = OrtGpuRuntime(session, spec, backend, self.reason)
        else:
            runtime = OrtWebRuntime(await bridge.create(buffer, described, backend), spec, backend, self.reason)
        try:
            await runtime.warm_up()
        except BaseException:
            runtime.close()
            raise
        return runtime

    def recover(self, why: str, *, lost: bool) -> None:
        """Decide what comes after a failure: frames on the GPU get a new device once, then the next painter or backend.

        After a `lost` device no backend is left on the GPU.

        Raises
        ------
        EngineError
            If nothing is left.
        """
        painter, _ = self.painter
        self._host.bridge.dropDevice()
        if painter == "webgpu" and not self._renewed:
            self._renewed = True
            self._on_change("backend", f"The GPU failed and is set up anew: {why}")
        elif painter == "webgpu" and not lost:
            self._painters.give_up(why)
            self._on_change("painter", f"The GPU failed again, so Canvas 2D paints: {why}")
        else:
            self._give_up(why)

    def _give_up(self, why: str) -> None:
        """Move on from the current backend, which failed because of `why`.

        Raises
        ------
        EngineError
            If there is no other.
        """
        failed = self.backend
        for backend, _ in self._backends:
            self.backend = backend
            self.reason = f"{failed} failed ({why})"
            self._on_change("backend", f"{failed} failed, so {backend} goes on: {why}")
            return
        raise EngineError(f"The model cannot run: {failed} failed ({why}); restart the engine or reload the page.")
