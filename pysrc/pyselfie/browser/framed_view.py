"""Which part of the frames a pipeline shows, as the option `framing` says: a film's person is followed by the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyselfie.core.framing import Framing, mirrored
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect
    from pyselfie.core.options import Options


class FramedView:
    """The part of the frames that is shown; another pipeline goes on with it.

    Parameters
    ----------
    clock : callable
        ``clock()`` returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._framing = Framing()
        self._clock = clock
        self._at = 0.0  # when time last passed
        self._size = Size(0, 0)  # of the frame whose mask was looked at last

    def lacks_mask(self, options: Options) -> bool:
        """Whether no mask has been looked at, and one has to be."""
        return options.framing != "off" and not self._framing.has_seen

    def wants_mask(self, options: Options, size: Size, *, photo: bool) -> bool:
        """Whether the mask of the frame in hand, of `size`, is to be looked at; of a `photo` it always is."""
        return options.framing != "off" and (photo or self._framing.wants_mask or self._has_turned(size))

    def see(self, mask: NDArray[np.float32], size: Size, *, photo: bool) -> None:
        """Look where the person is in a mask of all of the frame; a `photo` has nothing to do with what was before."""
        if photo:
            self._framing.reset()
        elif self._has_turned(size):
            self._framing.cut()
        self._size = size
        self._framing.see(mask)

    def _has_turned(self, size: Size) -> bool:
        """Whether frames have another aspect than before, as a phone's have that is turned: nothing is where it was."""
        one, other = size.width * self._size.height, size.height * self._size.width
        return abs(one - other) > 0.05 * one

    def advance(self, options: Options) -> None:
        """Let the time pass since the frame before: another one is painted."""
        now = self._clock()
        self._framing.step(now - self._at)
        self._at = now
        if options.framing == "off":
            self._framing.reset()

    def of(self, options: Options) -> Rect | None:
        """Return the part of the composite that is shown, mirrored as it is; None: all of it."""
        view = self._framing.view
        if options.framing == "off" or view.width >= 1:
            return None
        return mirrored(view) if options.mirror else view

    def cut(self) -> None:
        """Let the next frame be the first of another scene, or the one at which a film pauses."""
        self._framing.cut()

    def reset(self) -> None:
        """Begin another film."""
        self._framing.reset()
