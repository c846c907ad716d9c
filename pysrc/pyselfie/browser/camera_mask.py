"""Masks that come with a camera's frames, which the system has made: from a bitmap to what a model would have given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from pyodide.ffi import JsException

from pyselfie.browser.canvas.sampler import CanvasSampler
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Bitmap
    from pyselfie.browser.pipeline import ReadMask
    from pyselfie.core.options import Options

USED = (
    "The camera's frames bring masks of their own, so no model runs for them; "
    "with maskSource “model” pyselfie makes the masks."
)
NOT_READ = "A mask that came with the camera's frame could not be read ({}), so the model runs for such frames."


class CameraMasks:
    """Reads such masks at a model's size.

    Parameters
    ----------
    tell : callable
        Called with a sentence for the page, each once for a source.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell_page = tell
        self._told: set[str] = set()
        self._sampler: CanvasSampler | None = None  # of the size that was asked for last
        self._size = Size(0, 0)

    def reader(self, bitmap: Bitmap | None, options: Options) -> ReadMask | None:
        """Return what reads `bitmap`, which stays the caller's; None: there is none, or `options` want the model's."""
        return None if bitmap is None or options.mask_source != "auto" else partial(self._read, bitmap)

    def _read(self, bitmap: Bitmap, size: Size) -> NDArray[np.float32] | None:
        """Return the mask: white is the person and black is not, over all of the frame, whatever the bitmap's size."""
        if self._sampler is None or size != self._size:
            self._sampler, self._size = CanvasSampler(*size), size
        try:
            self._sampler.read(bitmap)
        except JsException as error:  # it was closed by somebody else, for example
            self._tell("unread", NOT_READ.format(f"{error.name}: {error.message}"))
            return None
        self._tell("used", USED)
        return self._sampler.pixels[..., 0] * np.float32(1 / 255)

    def _tell(self, what: str, sentence: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._tell_page(sentence)

    def reset(self) -> None:
        """Another source begins: what is so there is told anew."""
        self._told.clear()
