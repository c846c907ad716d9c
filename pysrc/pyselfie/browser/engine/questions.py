"""What the page asks for: the mask, what the model tells apart, the composite as a picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyselfie.browser.engine.reporter import NO_PNG

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pyselfie.browser.engine.repainter import Repainter
    from pyselfie.browser.engine.reporter import Reporter
    from pyselfie.browser.output import Output
    from pyselfie.browser.protocol.incoming import AskClasses, AskMask, AskSnapshot


class Questions:
    """Answers each question about the newest picture.

    Parameters
    ----------
    output : Output
        Has the answers.
    reporter : Reporter
        Sends them.
    repainter : Repainter
        Brings the canvas up to date, and takes its picture.
    spawn : callable
        Runs a coroutine in the background.
    """

    def __init__(
        self,
        output: Output,
        reporter: Reporter,
        repainter: Repainter,
        *,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._output = output
        self._reporter = reporter
        self._repainter = repainter
        self._spawn = spawn
        self._no_cut_waits = asyncio.Event()
        self._no_cut_waits.set()

    def cut_has_come(self) -> None:
        """Let questions wait: a frame has come that has nothing to do with the one that there are answers about."""
        self._no_cut_waits.clear()

    def cut_is_over(self) -> None:
        """Answer: that frame has had its turn, or never gets one."""
        self._no_cut_waits.set()

    def mask(self, message: AskMask) -> None:
        """Answer with the last mask."""
        self._spawn(self._mask(message.request))

    async def _mask(self, request: int) -> None:
        await self._no_cut_waits.wait()
        await self._reporter.answer_mask(self._output.mask(), request)

    def classes(self, message: AskClasses) -> None:
        """Answer with what the model has told apart."""
        self._spawn(self._classes(message.request))

    async def _classes(self, request: int) -> None:
        await self._no_cut_waits.wait()
        await self._reporter.answer_classes(self._output.classes(), request)

    def snapshot(self, message: AskSnapshot) -> None:
        """Answer with the composite."""
        self._repainter.freshen()
        if self._no_cut_waits.is_set() and not self._repainter.lacks_mask():
            self._snapshot(message.request)
        else:  # the effect that was chosen needs a mask: no picture without it leaves
            self._spawn(self._snapshot_with_mask(message.request))

    async def _snapshot_with_mask(self, request: int) -> None:
        await self._no_cut_waits.wait()
        await self._repainter.catch_up()
        self._snapshot(request)

    def _snapshot(self, request: int) -> None:
        try:  # taken now and waited for later: messages that come next must not change it
            picture = self._repainter.snapshot()
        except Exception as error:
            self._reporter.refuse(request, error, NO_PNG)
        else:
            self._spawn(self._reporter.answer_snapshot(picture, request))
