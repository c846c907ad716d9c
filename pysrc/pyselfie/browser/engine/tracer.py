"""Shows the page what a frame becomes step by step, as long as somebody looks; else it does nothing."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from pyodide.ffi import to_js

from pyselfie.browser.engine.reporter import sentence_of
from pyselfie.browser.interop import js_object
from pyselfie.browser.pixels import PixelReader
from pyselfie.core.trace import STEPS, as_npy, histogram, picture, report, thumbnail

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from numpy.typing import NDArray

    from pyselfie.browser.engine.reporter import Reporter
    from pyselfie.browser.js_types import Host
    from pyselfie.browser.output import Output
    from pyselfie.browser.protocol import incoming
    from pyselfie.core.options import Options
    from pyselfie.core.trace import StepName, Steps

INTERVAL_S = 0.2
COST_SHARE = 4
"""Between two traces lies this many times what one takes, at least: the frames have to go on."""

NO_TRACE = "The steps of this frame could not be shown"
NOTHING_TRACED = "There are no steps yet: no frame has been painted since the trace was opened."


class Tracer:
    """Sends the page the steps of the newest frame, a few times a second, and keeps their arrays for its questions.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side.
    output : Output
        Has the steps.
    reporter : Reporter
        Has the stages' times, and answers that something failed.
    options : callable
        Returns what is painted.
    guarded : callable
        Runs work between two frames, see `RunningModel.guarded`.
    spawn : callable
        Runs a coroutine in the background.
    """

    def __init__(
        self,
        host: Host,
        output: Output,
        reporter: Reporter,
        *,
        options: Callable[[], Options],
        guarded: Callable[[Callable[[], Awaitable[bool]]], Awaitable[bool]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._host, self._output, self._reporter = host, output, reporter
        self._options, self._guarded, self._spawn = options, guarded, spawn
        self._state: Literal["off", "live", "held"] = "off"
        self._steps: Steps | None = None
        self._reader: PixelReader | None = None  # while the trace is open
        self._due_at = 0.0
        self._is_stale = False  # something has been painted since the last trace
        self._waits = False  # for its time
        self._told: str | None = None  # why there is no trace: it may be so with each frame

    def set(self, message: incoming.SetTrace) -> None:
        """Begin to trace, hold what has been traced, or stop and keep nothing."""
        before, self._state = self._state, message.state
        if self._state == "off":
            self.close()
        elif before == "off":
            self._reader = PixelReader()
            self._output.set_watch(self._painted)
            self._spawn(self._begin())
        elif self._is_stale:
            self._soon()

    def close(self) -> None:
        """Stop, and keep nothing."""
        self._state = "off"
        self._steps = self._reader = self._told = None
        self._is_stale = False
        self._output.set_watch(None)

    async def _begin(self) -> None:
        """Segment the frame in hand once more: that was before anybody asked, and no other may come."""
        await self._guarded(lambda: self._output.refresh(self._options))

    def _painted(self) -> None:
        self._is_stale = True
        self._soon()

    @property
    def _wants_more(self) -> bool:
        return self._is_stale and (self._state == "live" or (self._state == "held" and self._steps is None))

    def _soon(self) -> None:
        if self._wants_more and not self._waits:
            self._waits = True
            self._spawn(self._later())

    async def _later(self) -> None:
        await asyncio.sleep(max(self._due_at - time.monotonic(), 0))
        await self._guarded(self._trace_if_wanted)
        self._waits = False
        self._soon()  # painted meanwhile

    async def _trace_if_wanted(self) -> bool:
        reader = self._reader
        if reader is not None and self._wants_more:
            self._is_stale = False
            began = time.monotonic()
            try:
                await self._trace(reader)
            except Exception as error:
                self._tell(sentence_of(error, NO_TRACE))
            else:
                self._told = None
            now = time.monotonic()
            self._due_at = now + max(INTERVAL_S, COST_SHARE * (now - began))
        return False

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._reporter.post({"type": "error", "code": "engine", "message": sentence, "action": None})

    async def _trace(self, reader: PixelReader) -> None:
        steps = await self._output.trace(self._options(), reader)
        if steps is None or reader is not self._reader:  # closed meanwhile
            return
        self._steps = steps
        clock = self._reporter.clock
        stages = {kind.stage for kind in STEPS.values() if clock.ran(kind.stage)}
        told = {
            "steps": report(steps, {stage: clock.last(stage) for stage in stages}),
            "painter": self._output.painter,
            "readbacks": reader.count,
        }
        arrays = {name: step.array for name, step in steps.items() if step.array is not None}
        self._host.trace(json.dumps(told), js_object(**{name: _image(thumbnail(one)) for name, one in arrays.items()}))

    def answer(self, message: incoming.AskTraced) -> None:
        """Answer with all of one step's array."""
        steps = self._steps
        if steps is None:
            self._host.reply(message.request, None, NOTHING_TRACED)
            return
        step = steps.get(cast("StepName", message.step))
        if step is None or step.array is None:
            why = f"There is no step “{message.step}”; there are {', '.join(STEPS)}." if step is None else step.note
            self._host.reply(message.request, None, why)
            return
        try:
            answer = _answer(step.array)
        except Exception as error:  # a large frame may not find room once more
            self._reporter.refuse(message.request, error, NO_TRACE)
        else:
            self._host.reply(message.request, answer, None)


def _image(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """Return uint8 [h, w, 4] as what JavaScript calls an ``ImageData``."""
    height, width, _ = pixels.shape
    return {"width": width, "height": height, "data": to_js(pixels.ravel())}


def _answer(array: NDArray[Any]) -> Any:
    npy = np.frombuffer(as_npy(array), np.uint8)
    return js_object(
        npy=to_js(npy),
        offset=npy.size - array.nbytes,
        dtype=array.dtype.name,
        shape=list(array.shape),
        picture=_image(picture(array)),
        histogram=histogram(array),
    )
