"""From a picture of any size to its mask, by way of Python's memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.classes import NoClassesError
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import CLASSES, RAW
from pyselfie.core.trace import ModelArrays
from pyselfie.core.zoom import place, placed_classes
from pyselfie.runtimes.film import Film
from pyselfie.runtimes.looks import Looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser.canvas.float_sampler import FloatSampler
    from pyselfie.browser.canvas.sampler import CanvasSampler
    from pyselfie.browser.js_types import Drawable
    from pyselfie.core.geometry import Rect
    from pyselfie.runtimes.base import Runtime

_EDGE, _STILL = "edge", "still"


class Segmenter:
    """A model with the buffers of its size, and what it carries from one frame to the next.

    Parameters
    ----------
    runtime : Runtime
        The model, loaded; owned from here on.
    sampler : CanvasSampler or FloatSampler
        Of the model's size.
    lap : callable, optional
        Called with the name of each stage when it is done: ``"preprocess"``, ``"infer"``.
    """

    def __init__(
        self, runtime: Runtime, sampler: CanvasSampler | FloatSampler, lap: Callable[[str], None] = lambda _stage: None
    ) -> None:
        self._runtime = runtime
        self._film = Film(runtime)
        self._extras = (_EDGE, CLASSES) if runtime.spec.classes else (_EDGE,)  # whoever asks for them asks afterwards
        self._sampler = sampler
        self._tensor = np.empty(runtime.spec.input_shape, np.float32)
        self._looks = Looks()
        self._placed = np.empty((runtime.spec.height, runtime.spec.width), np.float32)  # of a part's mask
        self._size, self._is_shown = Size(1, 1), False  # the last picture's size, and whether the model has its input
        self._lap = lap
        self._is_traced = False
        self._inputs: list[NDArray[np.float32]] = []  # of the last picture, if it is traced

    @property
    def is_traced(self) -> bool:
        """Whether the next pictures keep what `traced` returns; set to False, what is kept is gone at once."""
        return self._is_traced

    @is_traced.setter
    def is_traced(self, on: bool) -> None:
        self._is_traced = on
        if not on:
            self._inputs = []

    def look(self, picture: Drawable) -> None:
        """Sample `picture` without segmenting it."""
        self._sampler.read(picture)
        self._lap("preprocess")

    @property
    def mask_size(self) -> Size:
        """The size of masks."""
        return Size(self._runtime.spec.width, self._runtime.spec.height)

    def pass_over(self, picture: Drawable) -> None:
        """Sample `picture`, whose mask is not the model's: it sees the next one without knowing of those before."""
        self.cut()
        self._inputs = []
        self.look(picture)

    async def segment(self, picture: Drawable, size: Size, smoothing: float = 0.0) -> NDArray[np.float32]:
        """Return the mask of a picture of `size`, float32 [h, w] in 0..1; valid until the next call.

        The mask before may count by `smoothing`, 0..0.95, if the picture is the next one of the same film; and it tells
        where somebody small is, of whom the model is shown more.
        """
        if self._film.begin_frame(size, smoothing):
            self._looks.cut()
        self._size, self._is_shown = size, False
        self._inputs = []
        extras = (*self._extras, RAW, _STILL) if self.is_traced else self._extras
        mask = await self._looks.run(self._runtime, partial(self._show, picture), size, extras)
        part = self._looks.part
        if part is not None:
            place(mask, part, size, self._placed, self._looks.counts)
            mask = self._placed
        self._lap("infer")
        return mask

    def _show(self, picture: Drawable, part: Rect | None) -> NDArray[np.float32]:
        """Return the model's input; the sample is of all of the picture in any case, as its colours are."""
        sampler = self._sampler
        if part is not None:
            sampler.read(picture, part.times(1 / self._size.width, 1 / self._size.height))
            sampler.fill(self._tensor)
        sampler.read(picture)
        if part is None:
            sampler.fill(self._tensor)
        if not self._is_shown:  # a second look's input counts as part of the inference
            self._is_shown = True
            self._lap("preprocess")
        if self.is_traced:
            self._inputs.append(self._tensor[0].copy())
        return self._tensor

    def traced(self, mask: NDArray[np.float32]) -> ModelArrays | None:
        """Return what the last picture's mask, which is given, was made of; None if that picture was not traced."""
        if not self._inputs:
            return None
        shown = self._inputs[-1 if self._looks.took_glance else 0]
        if self._runtime.spec.edges == "raw":
            return ModelArrays(shown, mask.copy())
        raw, weight = (self._looks.extra(self._runtime, name)[0, 0].copy() for name in (RAW, _STILL))
        part = self._looks.part
        size = self._size
        return ModelArrays(shown, mask.copy(), raw, weight, part and part.times(1 / size.width, 1 / size.height))

    def classes(self) -> NDArray[np.float32]:
        """Return what the model has told apart in the last picture, float32 [C, h, w]; valid until the next one.

        Raises
        ------
        NoClassesError
            When it knows the person alone.
        """
        if not self._runtime.spec.classes:
            raise NoClassesError(self._runtime.spec.name)
        planes: NDArray[np.float32] = self._looks.extra(self._runtime, CLASSES)[0]
        part = self._looks.part
        return planes if part is None else placed_classes(planes, part, self._size)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the model tells apart."""
        return self._runtime.spec.classes

    def edge_color(self) -> NDArray[np.float32] | None:
        """Return C of `core.edge` of the last mask, float32 [3, h/4, w/4] in 0..255; None if the model gives none.

        That of a part is none of the frame.
        """
        spec = self._runtime.spec
        has_edge = spec.edges == "refined" and any(extra.name == _EDGE for extra in spec.extras)
        if not has_edge or self._looks.part is not None:
            return None
        color: NDArray[np.float32] = self._looks.extra(self._runtime, _EDGE)[0] * np.float32(255)
        return color

    def cut(self) -> None:
        """Let the next picture be the first of another film."""
        self._film.cut()
        self._looks.cut()

    def reset(self) -> None:
        """Forget what the frames so far have left, also of a run under way."""
        self.cut()
        self._runtime.reset()

    def close(self) -> None:
        """Release the model."""
        self._runtime.close()
