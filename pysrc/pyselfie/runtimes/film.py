"""Which frames belong together: what a model carries from one to the next is forgotten where another film begins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from pyselfie.core.timing import is_pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.core.geometry import Size
    from pyselfie.core.manifest import ModelSpec

_SMOOTHING = "smoothing"


class Resettable(Protocol):
    """What a `Film` needs of a runtime."""

    spec: ModelSpec

    def set(self, name: str, value: float) -> None: ...  # noqa: D102 - see base.Runtime

    def reset(self) -> None: ...  # noqa: D102 - see base.Runtime


class Film:
    """The frames that one runtime sees, in their order; painting may mirror, skip or reuse what it likes.

    Parameters
    ----------
    runtime
        It is told to forget, and how much to smooth; not owned.
    clock
        ``clock()`` returns the time in seconds.
    """

    def __init__(self, runtime: Resettable, clock: Callable[[], float] = time.monotonic) -> None:
        self._runtime = runtime
        self._clock = clock
        self._can_smooth = any(setting.name == _SMOOTHING for setting in runtime.spec.settings)
        self._smoothing: float | None = None
        self._size: Size | None = None  # of the frame before; None: the next one is the first
        self._seen_at = 0.0

    def cut(self) -> None:
        """Let the next frame be the first of another film."""
        self._size = None

    def begin_frame(self, size: Size, smoothing: float) -> bool:
        """Prepare the runtime for its next run; returns whether the frame is the first of a film.

        Parameters
        ----------
        size
            Of the frame, in pixels.
        smoothing
            0..0.95: how much the mask before may count; without effect on a model that has no such setting.
        """
        now = self._clock()
        is_first = size != self._size or is_pause(self._seen_at, now)
        if is_first:
            self._runtime.reset()
        self._size, self._seen_at = size, now
        if self._can_smooth and smoothing != self._smoothing:
            self._runtime.set(_SMOOTHING, smoothing)
            self._smoothing = smoothing
        return is_first
