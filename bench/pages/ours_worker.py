"""In the engine's worker: a frame counts as painted when its pixels are really there, and its times go to the page."""

from __future__ import annotations

from typing import Any

from pyselfie.browser.canvas.painter import Canvas2DPainter
from pyselfie.browser.engine.reporter import Reporter
from pyselfie.browser.output import Output
from pyselfie.browser.webgpu.pipeline import GpuPipeline

_paint, _pace, _painted, _process = Canvas2DPainter.paint, GpuPipeline._pace, Reporter.painted, Output.process
_how = {"wayIn": ""}


def _paint_and_wait(self: Canvas2DPainter, *given: Any, **options: Any) -> None:
    _paint(self, *given, **options)
    self._context.getImageData(0, 0, 1, 1)  # drawing is recorded and done later; reading one pixel has it done now


async def _process_and_note(self: Output, *given: Any, **options: Any) -> bool:
    painted = await _process(self, *given, **options)
    _how["wayIn"] = self.way_in
    return painted


async def _wait_for_all(self: GpuPipeline) -> None:
    await _pace(self)
    while self._in_flight:
        await self._in_flight.popleft()
    self._clock.lap("gpu")


def _tell_times(self: Reporter, *given: Any) -> None:
    times = {stage: laps[-1] for stage, laps in self.clock._laps.items() if stage != "total"}
    self.post({"type": "timings", "stages": times, **_how})  # type: ignore[arg-type]
    _painted(self, *given)


Canvas2DPainter.paint = _paint_and_wait  # type: ignore[method-assign]
GpuPipeline._pace = _wait_for_all  # type: ignore[method-assign]
Output.process = _process_and_note  # type: ignore[method-assign]
Reporter.painted = _tell_times  # type: ignore[assignment, method-assign]
