"""A user's effect on arrays of full size: what the desktop functions and the command line use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.pictures import check_frame, check_mask
from pyselfie.custom.source import load_effect
from pyselfie.extras import best_blending, best_sampling

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from numpy.typing import NDArray

    from pyselfie.core.classes import Classes
    from pyselfie.custom.effect import CustomEffect

    Picture = NDArray[np.uint8]


def read_effect(
    path: str | PathLike[str], function: str | None = None, say: Callable[..., None] | None = None
) -> CustomEffect:
    """Return the effect of a file, which may import what lies beside it.

    Raises
    ------
    OSError, UnicodeDecodeError
        When the file cannot be read.
    CustomEffectError
        When it does not run, or is no effect: one sentence.
    """
    file = Path(path)
    source = file.read_text(encoding="utf-8")
    beside = str(file.resolve().parent)
    if beside not in sys.path:
        sys.path.insert(0, beside)  # as for any script
    return load_effect(source, function, str(file), say)


class CustomPainter:
    """Applies a user's effect to frames of any size.

    Parameters
    ----------
    effect
        Of either kind. An overlay is given what the model sees, and is drawn over the frame.
    model_selection
        Which model made the masks: overlays have its size.

    Attributes
    ----------
    controls : tuple of Control
        What of the effect can be set.
    """

    def __init__(self, effect: CustomEffect, model_selection: int = 0) -> None:
        spec = load_spec(model_selection)
        self.controls = effect.controls
        self._effect = effect
        self._small = Size(spec.width, spec.height)
        self._sampling, self._blending = best_sampling(), best_blending()

    def __call__(
        self, frame: Picture, mask: NDArray[Any], time: float = 0.0, classes: Classes | None = None
    ) -> Picture:
        """Return the effect's picture.

        Parameters
        ----------
        frame
            uint8 [H, W, 3], RGB.
        mask
            float [h, w] in 0..1, 1 where the person is; of the frame's size or any other.
        time
            Seconds since the first frame.
        classes
            What `Segmenter.classes` returns, for an effect that takes them.

        Returns
        -------
        NDArray[np.uint8]
            RGB [H, W, 3], or straight RGBA [H, W, 4] of an effect that returns that.

        Raises
        ------
        TypeError, ValueError
            In one sentence, when the frame or the mask is not as described.
        CustomEffectError
            When the effect raises, or returns anything but what it has to: one sentence.
        """
        frame, mask = check_frame(frame), check_mask(mask)
        full = Size(frame.shape[1], frame.shape[0])
        if self._effect.kind == "effect":
            return self._effect(frame, self._at(mask, full), time, classes)
        small = classes and classes.resized(self._small)
        sample = self._sampling.resize_half_pixel(frame, *self._small)
        aspect = full.width / full.height
        overlay = self._effect(sample, self._at(mask, self._small), time, small, aspect=aspect)
        over = self._sampling.resize_half_pixel(premultiplied(overlay), *full)
        result: Picture = self._blending.lay(frame, over)
        return result

    def _at(self, mask: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
        if mask.shape == (size.height, size.width):
            return mask
        resized: NDArray[np.float32] = self._sampling.resize_half_pixel(mask, *size)
        return resized

    def reset(self) -> None:
        """Empty the effect's state: another film begins."""
        self._effect.reset()


def premultiplied(rgba: Picture) -> Picture:
    """Return straight RGBA with its colours times its alpha, rounded: scaled up, it has no rims of hidden colours."""
    result = rgba.copy()
    colors = rgba[..., :3] * rgba[..., 3:].astype(np.uint16)
    result[..., :3] = (colors + 127) // 255
    return result
