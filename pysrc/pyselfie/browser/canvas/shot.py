"""A frame as a user's effect is handed it: an overlay what the model sees of it, one of full size all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.classes import Classes
    from pyselfie.core.geometry import Size
    from pyselfie.custom.effect import CustomEffect


@dataclass(frozen=True, kw_only=True)
class SmallShot:
    """What an overlay may ask for.

    Attributes
    ----------
    size : Size
        Of the composite, in pixels.
    sample : ndarray of uint8, shape [h, w, 4]
        The frame at the mask's size, RGBA.
    mask : ndarray of float32, shape [h, w], 0..1
        At the model's size.
    classes : callable
        Returns `Classes` of the composite's size; None where the model knows none.
    mirror : bool
        Whether the effect is handed all of it mirrored left to right.
    """

    size: Size
    sample: NDArray[np.uint8]
    mask: NDArray[np.float32]
    classes: Callable[[], Classes | None]
    mirror: bool

    @property
    def flip(self) -> slice:
        """Index of the columns as the effect sees them."""
        return slice(None, None, -1) if self.mirror else slice(None)

    def classes_for(self, effect: CustomEffect, size: Size) -> Classes | None:
        """Return the classes as `effect` sees them; None if it does not ask for them."""
        classes = self.classes() if effect.takes_classes else None
        if classes is None:
            return None
        classes = classes.resized(size)
        return classes.mirrored() if self.mirror else classes


@dataclass(frozen=True, kw_only=True)
class Shot(SmallShot):
    """What any effect may ask for.

    Attributes
    ----------
    frame : Drawable
        Any size.
    read : callable
        ``read(target)`` copies the frame into uint8 [H, W, 4], RGBA, of `size`, if its pixels are at hand; if not, it
        returns False, and the frame has to be drawn.
    """

    frame: js_types.Drawable
    read: Callable[[NDArray[np.uint8]], bool]
