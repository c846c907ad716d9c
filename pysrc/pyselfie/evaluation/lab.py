"""The quality lab at work: pictures come one by one, two settings make their masks, and both are measured."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.evaluation.comparison import Comparison
from pyselfie.evaluation.error_view import paint_errors
from pyselfie.evaluation.fit import UnfitError, check_levels, check_size
from pyselfie.extras import best_sampling
from pyselfie.metrics import ClipMeter, score_picture
from pyselfie.segmenter import Segmenter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pyselfie.evaluation.comparison import Setting
    from pyselfie.metrics import PictureScore

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

VIEW = 960
"""Pixels of a view's longer side, at most."""
_PERSON, _STRENGTH = (20, 200, 175), 0.6
"""The colour that is laid over the person, and how much of it."""


def view_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the view of a picture."""
    scale = min(1.0, VIEW / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class Lab:
    """Measures pictures, or the frames of a clip, with two settings.

    Of each it keeps the masks, small and compressed, and no picture: whoever wants to see one brings it again.

    Parameters
    ----------
    settings
        A and B; each makes a segmenter, with its errors.
    is_clip
        The pictures are successive frames.

    Attributes
    ----------
    comparison
        What is measured so far.
    """

    def __init__(self, settings: Sequence[Setting], *, is_clip: bool) -> None:
        self.comparison = Comparison(settings)
        self._segmenters: list[Segmenter] = []
        try:
            for setting in settings:
                self._segmenters.append(Segmenter(*setting))
        except BaseException:
            self.close()
            raise
        self._meters = [ClipMeter() for _ in settings] if is_clip else None
        self._masks: dict[str, list[tuple[tuple[int, ...], bytes]]] = {}

    async def measure(self, name: str, rgb: Picture, truth: Picture | None) -> None:
        """Measure one picture.

        Parameters
        ----------
        name
            What the table calls it.
        rgb
            uint8 [H, W, 3].
        truth
            uint8 [H, W], 255 where the person is; a clip's frame may have none.

        Raises
        ------
        UnfitError
            When the truth cannot be compared.
        """
        if truth is not None:
            check_size(truth, rgb, f"the mask of {name}", "its picture")
            if self._meters is None:
                check_levels(truth, f"the mask of {name}")
        masks = [await segmenter.segment_async(rgb) for segmenter in self._segmenters]
        self.comparison.add(name, self._scores(masks, rgb, truth))
        self._masks[name] = [_kept(mask) for mask in masks]

    def _scores(self, masks: list[Mask], rgb: Picture, truth: Picture | None) -> list[PictureScore | None]:
        if self._meters is not None:
            scores = [meter.add(mask, truth, rgb) for meter, mask in zip(self._meters, masks, strict=True)]
            self.comparison.set_clip([meter.score() for meter in self._meters])
            return scores
        if truth is None:
            raise UnfitError("a picture needs its mask: only a clip is measured without")
        return [score_picture(mask, truth) for mask in masks]

    def views(self, kind: str, name: str, rgb: Picture, truth: Picture | None) -> list[Picture]:
        """Return what A and B have made of one picture.

        Parameters
        ----------
        kind
            ``"errors"``, or ``"masks"``: the mask over the picture.
        name
            As it was measured.
        rgb, truth
            The same again, in the size that `view_size` says.

        Returns
        -------
        list
            Two of uint8 [h, w, 3].

        Raises
        ------
        KeyError
            When it has not been measured.
        """
        masks = [_restored(kept) for kept in self._masks[name]]
        if kind == "errors" and truth is not None:
            return [paint_errors(rgb, truth, mask) for mask in masks]
        return [_tinted(rgb, mask) for mask in masks]

    def close(self) -> None:
        """Free the models."""
        for segmenter in self._segmenters:
            segmenter.close()


def _kept(mask: Mask) -> tuple[tuple[int, ...], bytes]:
    width, height = view_size(mask.shape[1], mask.shape[0])
    small = mask if (height, width) == mask.shape else best_sampling().resize_half_pixel(mask, width, height)
    return (height, width), zlib.compress(np.rint(small * 255).astype(np.uint8).tobytes(), 1)


def _restored(kept: tuple[tuple[int, ...], bytes]) -> Picture:
    shape, packed = kept
    return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(shape)


def _tinted(rgb: Picture, mask: Picture) -> Picture:
    share = mask[..., None] * np.float32(_STRENGTH / 255)
    colour: Any = np.array(_PERSON, np.float32)
    tinted: Picture = (rgb + (colour - rgb) * share).astype(np.uint8)
    return tinted
