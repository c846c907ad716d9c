"""Paints the frame in hand once more when something else than the frame has changed: options, backdrop, effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from pyselfie.browser.engine.reporter import Reporter
    from pyselfie.browser.output import Output
    from pyselfie.core.options import Options


class Repainter:
    """Keeps the canvas as the last changes want it, once for all that have come together.

    Parameters
    ----------
    output : Output
        Paints.
    reporter : Reporter
        Tells the page.
    wanted : callable
        Returns the options that are asked for.
    affordable : callable
        Returns those of them that there is time for: they are painted.
    guarded : callable
        Runs one frame's work, see `RunningModel.guarded`.
    spawn : callable
        Runs a coroutine in the background.
    """

    def __init__(
        self,
        output: Output,
        reporter: Reporter,
        *,
        wanted: Callable[[], Options],
        affordable: Callable[[], Options],
        guarded: Callable[[Callable[[], Awaitable[bool]]], Awaitable[bool]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._output = output
        self._reporter = reporter
        self._wanted = wanted
        self._affordable = affordable
        self._guarded = guarded
        self._spawn = spawn
        self._is_stale = False  # the canvas shows other options or another backdrop than the last that came
        self._lot = 0  # of the page's last change

    def soon(self, lot: int = 0) -> None:
        """Paint once more when the messages that are here have been read, however many ask; `lot` is answered."""
        self._lot = max(lot, self._lot)
        if not self._is_stale:
            self._is_stale = True
            self._spawn(self._repaint())

    async def _repaint(self) -> None:
        self.freshen()
        self._reporter.post({"type": "repainted", "lot": self._lot})

    def freshen(self) -> None:
        """Paint once more if anything has changed that isn't on the canvas yet; a frame may have to get a mask."""
        if not self._is_stale:
            return
        self._is_stale = False
        try:
            self._output.repaint(self._affordable())
        except Exception as error:
            self._reporter.frame_failed(error)
        if self.lacks_mask():
            self._spawn(self.catch_up())

    async def catch_up(self) -> None:
        """Segment and paint the frame in hand if it lacks its mask, still: others may have waited for the same."""
        await self._guarded(self._refresh_if_lacking)

    async def _refresh_if_lacking(self) -> bool:
        return self.lacks_mask() and await self._output.refresh(self._affordable)

    def lacks_mask(self) -> bool:
        """Whether the frame in hand has to be segmented before what is asked for can be painted."""
        return self._output.lacks_mask(self._wanted())

    def snapshot(self) -> Awaitable[Any] | None:
        """Return (awaitable) what is on the canvas as a PNG ``Blob``; None while there is no composite."""
        return self._output.snapshot(self._affordable()) if self._output.has_picture(self._wanted()) else None
