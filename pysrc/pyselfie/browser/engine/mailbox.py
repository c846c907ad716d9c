"""The newest frame wins: latency beats completeness."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyselfie.browser.js_types import Frame


class Mailbox:
    """Holds at most one frame; a newer one replaces and closes it.

    ``async for frame, is_cut in mailbox`` yields the newest frame each time and hands over its ownership; `is_cut`
    says whether it, or a dropped one before it, is the first of another film. The loop ends after `close`.

    Parameters
    ----------
    on_drop : callable
        Called with no arguments whenever a frame is closed unread.
    before : callable, optional
        Awaited when there is a frame, before the one that is the newest afterwards is taken.
    """

    def __init__(self, on_drop: Callable[[], None], before: Callable[[], Awaitable[None]] | None = None) -> None:
        self._frame: Frame | None = None
        self._is_cut = False
        self._arrived = asyncio.Event()
        self._on_drop = on_drop
        self._before = before
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the reader's loop has been told to end."""
        return self._closed

    @property
    def has_cut(self) -> bool:
        """Whether the frame that is read next is the first of another film."""
        return self._is_cut

    def offer(self, frame: Frame, *, is_cut: bool = False) -> None:
        """Put `frame` in, its ownership with it; `is_cut`: it is the first of another film."""
        if self._closed:
            frame.close()
            return
        self.clear()
        self._frame = frame
        self._is_cut |= is_cut
        self._arrived.set()

    def clear(self) -> None:
        """Drop the waiting frame, if there is one."""
        if self._frame is not None:
            self._frame.close()
            self._frame = None
            self._on_drop()
        self._arrived.clear()

    def close(self) -> None:
        """Drop the waiting frame and end the reader's loop."""
        self.clear()
        self._closed = True
        self._arrived.set()

    def __aiter__(self) -> Mailbox:
        return self

    async def __anext__(self) -> tuple[Frame, bool]:
        while True:
            await self._arrival()
            if self._before is not None:
                await self._before()
            if self._frame is not None:  # else it was cleared meanwhile
                break
        frame, self._frame = self._frame, None
        is_cut, self._is_cut = self._is_cut, False
        self._arrived.clear()
        return frame, is_cut

    async def _arrival(self) -> None:
        while self._frame is None:
            if self._closed:
                raise StopAsyncIteration
            await self._arrived.wait()
            if self._frame is None and not self._closed:  # cleared between the signal and this wake-up
                self._arrived.clear()
