"""Checks the GPU beside the backend that paints, once the first frame is painted, and brings the verdict."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import js

from pyselfie.browser.canvas.frames import WAYS
from pyselfie.browser.models.check.measured import Measured
from pyselfie.browser.models.check.sample import Sample
from pyselfie.browser.models.loader import EngineError, ModelChoice
from pyselfie.core.gpu_check import RUNS, WARM_UPS, Limits, Verdict, judge, mask_error
from pyselfie.core.quickest import MOST_TURNS
from pyselfie.core.tiers import Trial

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractContextManager

    from pyselfie.browser.models.loader import ModelLoader
    from pyselfie.browser.output import AnyRuntime
    from pyselfie.browser.protocol.outgoing import GpuChecked
    from pyselfie.core.gpu_check import Note
    from pyselfie.core.manifest import ModelSpec

    _Models = dict[str, tuple[ModelSpec, Any]]

LIMITS = Limits()
_MOST_TRIED = MOST_TURNS * len(WAYS)
"""Frames of the time allowed that trying the ways in may take: where each takes longer, no way is quick enough."""
MODEL = ModelChoice(0, "refined")
"""What ``model="auto"`` begins with. GPUs are checked with it whatever the page runs, so one verdict counts for all."""


class GpuCheck:
    """Sees to it that there is a verdict on the GPU, if the loader awaits one.

    Parameters
    ----------
    loader : ModelLoader
        Of the engine that checks: its lock is held during each frame of the sample, its verdicts are all engines'.
    post : callable
        Sends the page what it is to keep.
    loading : callable
        Returns a context in which the page bears with a silent worker.
    on_verdict : callable
        Called once, when the verdict is known.
    spawn : callable
        Runs a coroutine in the background.
    drop_device : callable
        Gives the GPU up; whatever waits for it fails.
    """

    def __init__(
        self,
        loader: ModelLoader,
        *,
        post: Callable[[GpuChecked], None],
        loading: Callable[[], AbstractContextManager[None]],
        on_verdict: Callable[[Verdict], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        drop_device: Callable[[], None],
    ) -> None:
        self._loader = loader
        self._trust = loader.trust
        self._post = post
        self._loading = loading
        self._on_verdict = on_verdict
        self._spawn = spawn
        self._drop_device = drop_device
        self._is_waiting = False
        self._steps = 0
        self._is_at_work = False
        self._runtime: AnyRuntime | None = None  # found fit, and not yet taken
        self._task: asyncio.Task[Verdict] | None = None
        self._fault: asyncio.Future[str] | None = None  # while a check is under way: set when it has failed

    def painted(self) -> None:
        """Begin the check if it is still to be made: a frame has been painted, so it delays none."""
        key, trust = self._loader.gpu_key, self._trust
        if not self._loader.awaits_verdict:
            return
        verdict = trust.verdict(key)
        if verdict is not None:  # of another engine, since this one was opened
            self._on_verdict(verdict)
            return
        if not self._is_waiting:
            self._is_waiting = True
            trust.when_known(key, self._on_verdict)
        note = trust.begin(key)
        if note is not None:
            self._spawn(self._check(note))

    @property
    def is_under_way(self) -> bool:
        """Whether the GPU is being checked: what fails on it meanwhile is nobody else's matter."""
        return self._fault is not None

    def fail(self, why: str) -> None:
        """Take it that the GPU has failed."""
        if self._fault is not None and not self._fault.done():
            self._fault.set_result(why)

    def take_runtime(self) -> AnyRuntime | None:
        """Return what was checked, if it was found fit here and now: whoever follows the verdict need not load it."""
        runtime, self._runtime = self._runtime, None
        return runtime

    async def _check(self, note: Note) -> None:
        key = self._loader.gpu_key
        try:
            models = {backend: await self._loader.download(MODEL, backend) for backend in ("webgpu", "wasm")}
            self._keep(note.entry, note.if_it_dies)
            with self._loading():
                verdict = await self._watched(models)
            self._loader.check_open()  # else whatever has failed, the engine's end is why
        except Exception as error:  # none of this is the GPU's fault: the next start checks again
            self._keep(self._trust.leave(key))
            if not isinstance(error, EngineError):
                self._trust.learn(key, Verdict("wasm", f"it could not be checked: {_sentence(error)}"))
        else:
            if verdict.backend == "wasm":
                self._drop_device()
            self._keep(verdict.as_entry())
            self._trust.learn(key, verdict)
            await self._end_of_steps()
        finally:
            self._drop_runtime()

    def _drop_runtime(self) -> None:
        runtime = self.take_runtime()
        if runtime is not None:
            runtime.close()

    def _keep(self, entry: str, if_it_dies: str | None = None) -> None:
        self._post({"type": "gpucheck", "key": self._loader.gpu_key, "entry": entry, "ifItDies": if_it_dies})

    async def _watched(self, models: _Models) -> Verdict:
        """Return the verdict, also where the GPU fails, or a step does not come to an end.

        A step that hangs cannot be ended, but what it waits for can: the device. It frees what it has when it ends.
        """
        self._fault = fault = asyncio.get_running_loop().create_future()
        self._task = task = asyncio.ensure_future(self._measure(models))
        task.add_done_callback(_noted)
        try:
            while True:
                steps = self._steps
                await asyncio.wait({task, fault}, timeout=LIMITS.step_s, return_when=asyncio.FIRST_COMPLETED)
                if fault.done():
                    return _failed(fault.result())
                if task.done():
                    return task.result()
                if self._is_at_work and steps == self._steps:
                    return Verdict("wasm", f"it gave no answer for {LIMITS.step_s:g} s while it was checked")
        except Exception as error:
            return _failed(_sentence(error))
        finally:
            self._fault = None
            if not task.done():
                self._drop_device()

    async def _end_of_steps(self) -> None:
        """Wait until the last step has let go of ONNX Runtime; where it never does, only a new worker paints again."""
        if self._task is None or self._task.done():
            return
        await asyncio.wait({self._task}, timeout=LIMITS.step_s)
        if not self._task.done():
            js.reportError(js.Error.new("the GPU holds ONNX Runtime up"))  # the page starts a worker anew at any error

    async def _measure(self, models: _Models) -> Verdict:
        sample = await Sample.open()
        gpu = None
        try:
            gpu = await self._open("webgpu", models)
            error, gpu_ms = await self._times(gpu, sample, LIMITS.frame_ms)
            verdict = judge(error, gpu_ms, math.inf, LIMITS)
            if verdict.backend == "webgpu":
                verdict = judge(error, gpu_ms, await self._wasm_ms(models, sample), LIMITS)
            if verdict.backend == "webgpu" and self.is_under_way:
                self._runtime, gpu = gpu.release(), None
            return verdict
        finally:
            sample.close()
            if gpu is not None:
                gpu.close()

    async def _wasm_ms(self, models: _Models, sample: Sample) -> float:
        wasm = await self._open("wasm", models)
        try:
            _, wasm_ms = await self._times(wasm, sample, math.inf)
        finally:
            wasm.close()
        return wasm_ms

    async def _open(self, backend: str, models: _Models) -> Measured:
        spec, buffer = models[backend]
        painter = self._loader.gpu_painter if backend == "webgpu" else None  # whoever paints now: the verdict is on it
        async with self._turn():
            runtime = await self._loader.create(buffer, spec, backend, painter)
            self._steps += 1
            return await Measured.create(runtime, self.fail)

    async def _times(self, measured: Measured, sample: Sample, allowed_ms: float) -> tuple[float, float]:
        """Return the mask's error, and what a frame takes in milliseconds if that is right."""
        trial, error = Trial(allowed_ms, runs=RUNS, warm_ups=WARM_UPS), 0.0
        tried_ms = 0.0  # by ways in that are still on trial
        is_first = True
        while not trial.is_done and error <= LIMITS.mask_error:
            async with self._turn():  # frames have theirs between two runs
                frame_ms = await measured.frame_ms(sample)
                if measured.is_on_trial and tried_ms < _MOST_TRIED * allowed_ms:
                    tried_ms += frame_ms
                else:
                    trial.add(frame_ms)
                if is_first or trial.is_done:
                    error = max(error, mask_error(await measured.mask()))
            is_first = False
        return error, trial.p75_ms if trial.is_done else math.inf

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Take one step when ONNX Runtime is free, if the check still goes on; waiting for that is nobody's fault."""
        async with self._loader.lock:
            self._loader.check_open()
            if self._fault is None or self._fault.done():
                raise EngineError("The check is over.")
            self._steps += 1
            self._is_at_work = True
            try:
                yield
            finally:
                self._is_at_work = False


def _failed(why: str) -> Verdict:
    return Verdict("wasm", f"it failed while it was checked: {why}")


def _sentence(error: Exception) -> str:
    return getattr(error, "message", "") or str(error) or type(error).__name__


def _noted(task: asyncio.Task[Any]) -> None:
    """Look at what came of a task that nobody may wait for any more."""
    if not task.cancelled():
        task.exception()
