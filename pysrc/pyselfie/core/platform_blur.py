"""A camera that blurs the background itself: its blur stands for ours, so that nothing is blurred twice."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyselfie.core.options import Options

SENTENCE = (
    "The camera blurs the background itself, so no other blur is added; "
    "with platformBlur “off” it is asked to leave that to pyselfie."
)


class PlatformBlur:
    """Which frames the camera has blurred, as their source tells: the newest, the one being painted and the one before.

    While a frame is being painted, the one before may be painted once more. So the camera's blur stands for ours only
    where both have it, and nobody is seen without any.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the source and its frames."""
        self._newest = self._current = self._was_told = False
        self._before = True  # there is none that could be seen

    def arrives(self, *, is_blurred: bool) -> None:
        """Note what the source says of the newest frame."""
        self._newest = is_blurred

    def begin(self, options: Options) -> str:
        """Take the newest frame; return what the page should be told, once for as long as it is so."""
        self._current = self._newest
        stands, was_told = self._stands(options), self._was_told
        self._was_told = stands
        return SENTENCE if stands and not was_told else ""

    def end(self, *, painted: bool) -> None:
        """Note whether that frame was painted; else nobody knows which one is in hand."""
        self._before = painted and self._current

    def painted(self, options: Options) -> Options:
        """Return what is painted where `options` are asked for: the frame as it is if it has its blur."""
        return dataclasses.replace(options, effect="none") if self._stands(options) else options

    def _stands(self, options: Options) -> bool:
        is_blurred = self._before and self._current
        return is_blurred and options.effect == "blur" and options.platform_blur == "keep"
