"""One backend's side of a check: the sample's mask, and what a frame takes from capture to composite."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from js import OffscreenCanvas

from pyselfie.browser.output import make_pipeline
from pyselfie.core.options import Options
from pyselfie.core.timing import StageClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.browser.models.check.sample import Sample
    from pyselfie.browser.output import AnyRuntime
    from pyselfie.browser.pipeline import Pipeline

_OPTIONS = Options()


class _Lent:
    """A runtime that outlives the pipeline which runs it."""

    def __init__(self, runtime: AnyRuntime) -> None:
        self._runtime = runtime

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)

    def close(self) -> None:
        """Leave it open."""


class Measured:
    """A pipeline of its own, on a canvas that nobody sees, with a runtime in it. Make it with `create`."""

    def __init__(self, canvas: Any, runtime: AnyRuntime, pipeline: Pipeline) -> None:
        self._canvas = canvas
        self._runtime = runtime
        self._pipeline = pipeline

    @classmethod
    async def create(cls, runtime: AnyRuntime, on_fault: Callable[[str], None]) -> Measured:
        """Set up for `runtime`, which is owned from here on, also where this raises.

        Parameters
        ----------
        on_fault
            Called with a sentence when the GPU fails in a way that no call raises.
        """
        canvas = OffscreenCanvas.new(1, 1)
        pipeline = None
        try:
            pipeline = await make_pipeline(canvas, runtime, StageClock(), on_fault)
            await pipeline.use(cast("AnyRuntime", _Lent(runtime)))
        except BaseException:
            runtime.close()
            if pipeline is not None:
                pipeline.close()
            raise
        return cls(canvas, runtime, pipeline)

    @property
    def is_on_trial(self) -> bool:
        """Whether the last frame's time says nothing, as canvases still try each way in."""
        return self._pipeline.is_on_trial

    async def frame_ms(self, sample: Sample) -> float:
        """Return what a frame of the sample takes until its composite is there, in milliseconds."""
        frame = await sample.frame()
        begin = time.perf_counter()
        await self._pipeline.process(frame, lambda: _OPTIONS)
        if self._runtime.device is None:
            self._canvas.getContext("2d").getImageData(0, 0, 1, 1)  # drawing is recorded; this has it done
        else:
            await self._runtime.device.queue.onSubmittedWorkDone()
        return (time.perf_counter() - begin) * 1000

    async def mask(self) -> Any:
        """Return the last frame's mask, float32 [h, w] in 0..1."""
        return await self._pipeline.read_mask()

    def release(self) -> AnyRuntime:
        """Free everything but the runtime, and return that; it is as new."""
        self._pipeline.close()
        self._runtime.reset()
        return self._runtime

    def close(self) -> None:
        """Free everything, the runtime too."""
        self.release().close()
