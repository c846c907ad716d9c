"""Loads models into ONNX Runtime Web and finds another backend when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import JsException

from pyselfie.browser.interop import js_object
from pyselfie.browser.ort_gpu import OrtGpuRuntime
from pyselfie.browser.ort_web import OrtWebRuntime
from pyselfie.core.manifest import load_spec, verify_model
from pyselfie.runtimes.auto import candidates
from pyselfie.runtimes.painters import PainterChoice

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from pyselfie.browser.js_types import Host
    from pyselfie.core.manifest import ModelSpec
    from pyselfie.runtimes.auto import Probe


class EngineError(Exception):
    """No backend is left that runs the model; the message is one sentence for the user."""


class RuntimeKeeper:
    """Makes runtimes on the best backend that works.

    Parameters
    ----------
    host : Host
        Downloads models and lends the bridge.
    probe : Probe
        What the browser offers.
    requested : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    painter : str
        ``"auto"``, ``"webgpu"`` or ``"canvas2d"``: whether frames stay on the GPU.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use: creating waits for running, and vice versa.
    on_change : callable
        Called with a sentence when a backend or painter failed and the next one is taken.
    """

    def __init__(
        self,
        host: Host,
        probe: Probe,
        requested: str,
        painter: str,
        *,
        lock: asyncio.Lock,
        on_change: Callable[[str], None],
    ) -> None:
        self._host = host
        self._painters = PainterChoice(painter, is_software=probe.is_software)
        self._renewed = False
        self._backends = candidates(probe, requested)
        self.backend, self.reason = next(self._backends)
        self._on_change = on_change
        self.lock = lock

    @property
    def painter(self) -> tuple[str, str]:
        """Which painter fits the backend, and why."""
        return self._painters.for_backend(self.backend)

    async def load(self, model_selection: int) -> OrtWebRuntime | OrtGpuRuntime:
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
        spec = load_spec(model_selection)
        buffer = await self._host.loadModel(spec.file)
        verify_model(buffer.to_bytes(), spec)
        while (runtime := await self._try_backend(buffer, spec)) is None:
            pass
        return runtime

    async def _try_backend(self, buffer: Any, spec: ModelSpec) -> OrtWebRuntime | OrtGpuRuntime | None:
        """Return a runtime on the current backend, or None after moving on to the next one."""
        try:
            async with self.lock:
                return await self._create(buffer, spec)
        except JsException as error:
            self.give_up(f"{error.name}: {error.message}")
            return None

    async def _create(self, buffer: Any, spec: ModelSpec) -> OrtWebRuntime | OrtGpuRuntime:
        names = js_object(
            file=spec.file,
            inputName=spec.input_name,
            outputName=spec.output_name,
            width=spec.width,
            height=spec.height,
        )
        if self.painter[0] == "webgpu":
            return await self._create_on_gpu(buffer, names, spec)
        session = await self._host.bridge.create(buffer, names, self.backend)
        runtime = OrtWebRuntime(session, spec, self.backend, self.reason)
        try:
            await runtime.run(np.zeros(spec.input_shape, np.float32))  # compiles shaders; a bad one fails here
        except BaseException:
            runtime.close()
            raise
        return runtime

    async def _create_on_gpu(self, buffer: Any, names: Any, spec: ModelSpec) -> OrtGpuRuntime:
        session = await self._host.bridge.createOnGpu(buffer, names)
        runtime = OrtGpuRuntime(session, spec, self.backend, self.reason)
        try:
            await runtime.run()  # compiles shaders; a bad one fails here
        except BaseException:
            runtime.close()
            raise
        return runtime

    def recover(self, why: str, *, lost: bool) -> None:
        """Decide what comes after a failure: frames on the GPU get a new device once, then the next painter or backend.

        Parameters
        ----------
        why : str
            What failed.
        lost : bool
            Whether the GPU itself is gone, so that no backend is left on it.

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
            self.give_up(why)

    def give_up(self, why: str) -> None:
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
