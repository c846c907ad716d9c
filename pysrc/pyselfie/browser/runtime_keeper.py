"""Loads models into ONNX Runtime Web and finds another backend when one fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import JsException

from pyselfie.browser.interop import js_object
from pyselfie.core.facts import load_facts, verify_model
from pyselfie.runtimes.auto import candidates
from pyselfie.runtimes.ort_web import OrtWebRuntime

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.browser.js_types import Host
    from pyselfie.core.facts import ModelFacts
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
    on_change : callable
        Called with a sentence when a backend failed and the next one is taken.
    """

    def __init__(self, host: Host, probe: Probe, requested: str, on_change: Callable[[str], None]) -> None:
        self._host = host
        self._backends = candidates(probe, requested)
        self.backend, self.reason = next(self._backends)
        self._on_change = on_change
        # ONNX Runtime's WebGPU build may not be entered twice at a time: creating waits for running, and vice versa.
        self.lock = asyncio.Lock()

    async def load(self, model_selection: int) -> OrtWebRuntime:
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
        facts = load_facts(model_selection)
        buffer = await self._host.loadModel(facts.file)
        verify_model(buffer.to_bytes(), facts)
        while (runtime := await self._try_backend(buffer, facts)) is None:
            pass
        return runtime

    async def _try_backend(self, buffer: Any, facts: ModelFacts) -> OrtWebRuntime | None:
        """Return a runtime on the current backend, or None after moving on to the next one."""
        try:
            async with self.lock:
                return await self._create(buffer, facts)
        except JsException as error:
            self.give_up(f"{error.name}: {error.message}")
            return None

    async def _create(self, buffer: Any, facts: ModelFacts) -> OrtWebRuntime:
        names = js_object(
            file=facts.file,
            inputName=facts.input_name,
            outputName=facts.output_name,
            width=facts.width,
            height=facts.height,
        )
        session = await self._host.bridge.create(buffer, names, self.backend)
        runtime = OrtWebRuntime(session, facts, self.backend, self.reason)
        try:
            await runtime.run(np.zeros(facts.input_shape, np.float32))  # compiles shaders; a bad one fails here
        except BaseException:
            runtime.close()
            raise
        return runtime

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
