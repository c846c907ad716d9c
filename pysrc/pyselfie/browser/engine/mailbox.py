"""The newest frame wins: latency beats completeness."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyselfie.browser.js_types import Bitmap, Frame


class Letter(NamedTuple):
    """A frame with what has come with it; whoever has it closes both.

    Attributes
    ----------
    is_cut
        Whether it, or a dropped one before it, is the first of another film.
    mask
        The camera's own.
    """

    frame: Frame
    is_cut: bool
    mask: Bitmap | None

    def close(self) -> None:
        """Free the pixels."""
        self.frame.close()
        if self.mask is not None:
            self.mask.close()


class Mailbox:
    """Holds at most one frame; a newer one replaces and closes it.

    ``async for letter in mailbox`` yields the newest frame each time and hands over its ownership. The loop ends after
    `close`.

    Parameters
    ----------
    on_drop : callable
        Called with no arguments whenever a frame is closed unread.
    before : callable, optional
        Awaited when there is a frame, before the one that is the newest afterwards is taken.
    """

    def __init__(self, on_drop: Callable[[], None], before: Callable[[], Awaitable[None]] | None = None) -> None:
        self._letter: Letter | None = None
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

    def offer(self, frame: Frame, *, is_cut: bool = False, mask: Bitmap | None = None) -> None:
        """Put `frame` in with its `mask`, their ownership with them; `is_cut`: it is the first of another film."""
        letter = Letter(frame, is_cut, mask)
        if self._closed:
            letter.close()
            return
        self.clear()
        self._letter = letter
        self._is_cut |= is_cut
        self._arrived.set()

    def clear(self) -> None:
        """Drop the waiting frame, if there is one."""
        if self._letter is not None:
            self._letter.close()
            self._letter = None
            self._on_drop()
        self._arrived.clear()

    def close(self) -> None:
        """Drop the waiting frame and end the reader's loop."""
        self.clear()
        self._closed = True
        self._arrived.set()

    def __aiter__(self) -> Mailbox:
        return self

    async def __anext__(self) -> Letter:
        while True:
            await self._arrival()
            if self._before is not None:
                await self._before()
            if self._letter is not None:  # else it was cleared meanwhile
                break
        letter, self._letter = self._letter, None
        is_cut, self._is_cut = self._is_cut, False
        self._arrived.clear()
        return letter._replace(is_cut=is_cut)

    async def _arrival(self) -> None:
        while self._letter is None:
            if self._closed:
                raise StopAsyncIteration
            await self._arrived.wait()
            if self._letter is None and not self._closed:  # cleared between the signal and this wake-up
                self._arrived.clear()
