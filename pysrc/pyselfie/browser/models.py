"""The model that runs: loaded on the best backend that works, exchanged for another one, replaced when it fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from pyodide.ffi import JsException

from pyselfie.browser.ort_gpu import OrtGpuRuntime
from pyselfie.browser.ort_web import OrtWebRuntime, bridge_spec
from pyselfie.core.manifest import load_spec, verify_model
from pyselfie.runtimes.auto import Probe, candidates
from pyselfie.runtimes.painters import PainterChoice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.output import AnyRuntime, Output
    from pyselfie.browser.protocol import Status
    from pyselfie.browser.reporter import Reporter
    from pyselfie.core.manifest import ModelSpec


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
    on_change : callable
        Called with a sentence when a backend or painter failed and the next one is taken.

    Attributes
    ----------
    threads : int
        Threads that WebAssembly uses.
    """

    def __init__(
        self, host: Host, requested: str, painter: str, *, lock: asyncio.Lock, on_change: Callable[[str], None]
    ) -> None:
        found = host.probe
        probe = Probe(found.hasWebGpu, found.adapter, found.isSoftware, found.threads)
        self.lock = lock
        self.threads = probe.threads
        self._host = host
        self._painters = PainterChoice(painter, is_software=probe.is_software)
        self._renewed = False
        self._backends = candidates(probe, requested)
        self.backend, self.reason = next(self._backends)
        self._on_change = on_change

    @property
    def painter(self) -> tuple[str, str]:
        """Which painter fits the backend, and why."""
        return self._painters.for_backend(self.backend)

    async def load(self, choice: ModelChoice) -> AnyRuntime:
        """Return a runtime that has run once, on this backend or on the next one that works.

        Raises
        ------
        ModelFileError
            If the downloaded file is not the manifest's.
        JsException
            If the download fails.
        EngineError
            If no backend runs the model.
        """
        spec = load_spec(*choice)
        buffer = await self._host.loadModel(spec.file)
        verify_model(buffer.to_bytes(), spec)
        while True:
            try:
                async with self.lock:
                    return await self._create(buffer, spec)
            except JsException as error:  # noqa: PERF203 - the next backend's turn
                self._give_up(f"{error.name}: {error.message}")

    async def _create(self, buffer: Any, spec: ModelSpec) -> AnyRuntime:
        bridge, described = self._host.bridge, bridge_spec(spec)
        runtime: AnyRuntime
        if self.painter[0] == "webgpu":
            session = await bridge.createOnGpu(buffer, described)
            runtime = OrtGpuRuntime(session, spec, self.backend, self.reason)
        else:
            runtime = OrtWebRuntime(
                await bridge.create(buffer, described, self.backend), spec, self.backend, self.reason
            )
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
            self._on_change(f"The GPU failed and is set up anew: {why}")
        elif painter == "webgpu" and not lost:
            self._painters.give_up(why)
            self._on_change(f"The GPU failed again, so Canvas 2D paints: {why}")
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
            self._on_change(f"{failed} failed, so {backend} goes on: {why}")
            return
        raise EngineError(f"The model cannot run: {failed} failed ({why}); restart the engine or reload the page.")


class RunningModel:
    """The model that an engine runs; only one runs, another may be on its way.

    Parameters
    ----------
    loader : ModelLoader
    output : Output
        Paints with what is loaded.
    reporter : Reporter
    refresh : callable
        Segments and paints the frame in hand once more; returns whether there was one.
    first : ModelChoice
        The first model.

    Attributes
    ----------
    wanted : ModelChoice
        What runs or is being loaded.
    """

    def __init__(
        self,
        loader: ModelLoader,
        output: Output,
        reporter: Reporter,
        *,
        refresh: Callable[[], Awaitable[bool]],
        first: ModelChoice,
    ) -> None:
        self.wanted = first
        self._loader = loader
        self._output = output
        self._reporter = reporter
        self._refresh = refresh
        self._runtime: AnyRuntime | None = None
        self._is_switching = False
        self._recovery = asyncio.Lock()

    async def guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run one frame's work, on the next backend if this one fails; returns whether it was painted."""
        runtime = self._runtime
        try:
            async with self._loader.lock:
                return await work()
        except JsException as error:
            return await self._recover(runtime, f"{error.name}: {error.message}")
        except Exception as error:
            self._reporter.frame_failed(error)
            return False

    async def replace(self, why: str, *, lost: bool) -> bool:
        """Put another runtime or painter in the place of the one that runs; returns whether the frame is painted."""
        return await self._recover(self._runtime, why, lost=lost)

    async def _recover(self, failed: AnyRuntime | None, why: str, *, lost: bool = False) -> bool:
        """Put another runtime or painter in the place of the one that failed and show the frame with it."""
        async with self._recovery:
            if failed is self._runtime:  # else it has been replaced already
                try:
                    self._loader.recover(why, lost=lost)
                    await self.install()
                except Exception as error:
                    self._reporter.frame_failed(error)
                    return False
                self._reporter.post({"type": "backendchange", **self.status()})
        return await self.guarded(self._refresh)

    async def install(self) -> None:
        """Load the wanted model and let it paint; where the GPU refuses, by the next painter."""
        while True:
            runtime = await self._load(self.wanted)
            try:
                await self._adopt(runtime)
                return
            except JsException as error:
                self._loader.recover(f"{error.name}: {error.message}", lost=False)

    def want(self, choice: ModelChoice) -> bool:
        """Note which model shall run; returns whether `switch` is needed for it, because none is under way."""
        if choice == self.wanted:
            return False
        self.wanted = choice
        if choice == self._running:  # while another one is being loaded: that one is not waited for
            self._reporter.post({"type": "model", **self.status()})
        return not self._is_switching

    @property
    def _running(self) -> ModelChoice | None:
        return None if self._runtime is None else _choice_of(self._runtime)

    async def switch(self) -> None:
        """Load the wanted model beside the running one, exchange them between two frames; the newest wish counts."""
        self._is_switching = True
        try:
            while self._runtime is not None and self.wanted != self._running:
                await self._exchange(self.wanted)
        finally:
            self._is_switching = False

    async def _exchange(self, wanted: ModelChoice) -> None:
        try:
            runtime = await self._load(wanted)
            if self.wanted != wanted or wanted == self._running:  # another wish, or a recovery, came meanwhile
                runtime.close()
                return
            await self._adopt(runtime)
        except Exception as error:
            self._keep_old_model(wanted, error)
            return
        self._reporter.clock.clear()
        self._reporter.post({"type": "model", **self.status()})
        await self.guarded(self._refresh)

    async def _load(self, choice: ModelChoice) -> AnyRuntime:
        """Load a model; the page is told, as it must not take the worker's silence for its death."""
        self._reporter.post({"type": "loading", "on": True})
        try:
            return await self._loader.load(choice)
        finally:
            self._reporter.post({"type": "loading", "on": False})

    async def _adopt(self, runtime: AnyRuntime) -> None:
        """Let `runtime` paint from now on; where the GPU refuses, close it."""
        async with self._loader.lock:
            try:
                await self._output.use(runtime)
            except BaseException:
                runtime.close()
                raise
        self._runtime = runtime

    def _keep_old_model(self, wanted: ModelChoice, error: Exception) -> None:
        """Tell that `wanted` could not be had, and go on with what runs; not if something else is wanted by now."""
        if wanted != self.wanted:
            return
        self._reporter.error(error, "The model could not be loaded")
        if self._runtime is not None:
            self.wanted = _choice_of(self._runtime)
            self._reporter.post({"type": "model", **self.status()})

    def status(self) -> Status:
        """Return what runs and why, for the page; only once a model runs."""
        runtime = self._runtime
        assert runtime is not None  # noqa: S101 - as the docstring says
        return {
            "backend": runtime.backend,
            "reason": runtime.reason,
            "model": runtime.spec.name,
            "modelSelection": runtime.spec.model_selection,
            "edges": runtime.spec.edges,
            "threads": self._loader.threads if runtime.backend == "wasm" else 1,
            "painter": self._output.painter,
            "painterReason": self._loader.painter[1],
        }


def _choice_of(runtime: AnyRuntime) -> ModelChoice:
    return ModelChoice(runtime.spec.model_selection, runtime.spec.edges)
