"""Masks of pictures and of films: `Segmenter().segment(rgb)`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar

import numpy as np

from pyselfie.core.classes import Classes, NoClassesError
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import CLASSES, RAW, load_spec
from pyselfie.core.options import OptionError, option_named
from pyselfie.core.pictures import check_frame
from pyselfie.core.show import show_in_python
from pyselfie.core.zoom import closer_look, copy_part, is_confirmed, part_of, person_box, placed_classes, put_back
from pyselfie.extras import best_sampling
from pyselfie.runtimes.looks import Looks
from pyselfie.runtimes.providers import parse_providers
from pyselfie.shared_model import IN_BROWSER, ModelOwner, SharedModel

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect
    from pyselfie.runtimes.base import Runtime

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

_Result = TypeVar("_Result")


class Segmenter(ModelOwner):
    """Tells the person in pictures from the background, with edges that follow the picture's.

    Threads may share one; they take turns. A pickled or forked one is made anew in the other process.

    Parameters
    ----------
    model
        ``"general"``, ``"landscape"``, which is faster, or ``"multiclass"``, which is finer, slow, and tells classes
        apart; or their numbers, 0, 1 and 2. ``pip install "pyselfie[multiclass]"`` brings the last one.
    edges
        ``"refined"``: the mask's edge follows the picture's; ``"raw"``: it is the network's.
    smoothing
        0..0.95: how much the mask before may count where the picture stands still. 0 is for single pictures, 0.85 good
        for a film, of which one segmenter gets every frame in turn. It needs refined edges.
    providers
        What runs the model on the desktop: ``"cpu"``, ``"cuda"``, ``"coreml"``, ``"directml"``; or several, best first;
        or ``"auto"``, the quickest that there is. One that doesn't start, or whose masks aren't the processor's, is
        passed over, and the processor does it: `backend` and `reason` tell. None: the processor.

    Raises
    ------
    OptionError
        A ValueError: when `edges` or `smoothing` is not as described, or raw edges are to be smoothed.
    ValueError, TypeError
        When there is no such model; when `providers` is no name and no sequence of names.
    ProviderError
        A ValueError: when there is no such provider, or this ONNX Runtime lacks it.
    ModelFileError
        When the model's file is missing or damaged: that of ``"multiclass"`` comes with its own package.
    ImportError
        When ONNX Runtime is not installed.

    Examples
    --------
    >>> with Segmenter() as segmenter:
    ...     mask = segmenter.segment(rgb)  # doctest: +SKIP
    """

    _MADE_ANEW = ModelOwner._MADE_ANEW | {"_looks", "_shape", "_smoothing"}

    def __init__(
        self,
        model: str | SupportsIndex = "general",
        edges: str = "refined",
        smoothing: float = 0.0,
        providers: str | Iterable[str] | None = None,
    ) -> None:
        kind: str = option_named("edges").parse(edges, shown=show_in_python)
        self._model = SharedModel(load_spec(model, kind), "Segmenter", parse_providers(providers))
        self._sampling = best_sampling()
        self._shape: tuple[int, ...] = ()  # of the picture before
        self._looks = Looks()  # of a film
        self.smoothing = smoothing

    @property
    def smoothing(self) -> float:
        """As given; it may be changed between two pictures."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        parsed: float = option_named("smoothing").parse(value, shown=show_in_python)
        if parsed and self._model.spec.edges == "raw":
            raise OptionError(
                f"smoothing is {parsed}, but raw edges are never smoothed: it has to be 0, or edges refined."
            )
        self._smoothing = parsed

    def segment(self, rgb: Picture) -> Mask:
        """Return the mask of one picture, or of the next one of a film.

        Parameters
        ----------
        rgb
            uint8 [H, W, 3], RGB (OpenCV reads BGR: ``cv2.cvtColor(image, cv2.COLOR_BGR2RGB)``); it may be read-only,
            and a view of any strides.

        Returns
        -------
        NDArray[np.float32]
            float32 [H, W] in 0..1, 1 where the person is; the caller's to keep and change.

        Raises
        ------
        TypeError, ValueError
            In one sentence, when the picture is not as described, or the segmenter is closed.
        RuntimeError
            In a browser that cannot suspend Python (no JSPI): `segment_async` works everywhere.
        """
        if IN_BROWSER:
            from pyselfie.browser.page_engine import wait_for  # noqa: PLC0415, it needs the browser

            result: Mask = wait_for(self.segment_async(rgb), "segment_async")
            return result
        rgb = check_frame(rgb, "picture")
        with self._model.turn() as runtime:
            return _now(self._look(rgb, runtime))

    async def segment_async(self, rgb: Picture) -> Mask:
        """Return what `segment` does without blocking the event loop; in a browser it needs no JSPI."""
        if not IN_BROWSER:
            return await asyncio.to_thread(self.segment, rgb)
        rgb = check_frame(rgb, "picture")
        async with self._model.turn_async() as runtime:
            return await self._look(rgb, runtime)

    def classes(self, rgb: Picture) -> Classes:
        """Return what a model that knows classes tells apart in a picture, which counts as one of a film.

        Parameters
        ----------
        rgb
            As for `segment`.

        Returns
        -------
        Classes
            A mapping from each name to float32 [H, W] in 0..1: background, hair, body-skin, face-skin, clothes, others.
            In each pixel they add up to one. They have no second look: a person so small that only the second look of
            `segment` finds all of them may be missing here. In a film they are of the part that the mask is of.

        Raises
        ------
        NoClassesError
            A ValueError: when the model knows none.
        TypeError, ValueError, RuntimeError
            As `segment`; `classes_async` works everywhere.
        """
        return self.segment_with_classes(rgb)[1]

    def segment_with_classes(self, rgb: Picture) -> tuple[Mask, Classes]:
        """Return what `segment` and `classes` do, at the cost of one of them."""
        if IN_BROWSER:
            from pyselfie.browser.page_engine import wait_for  # noqa: PLC0415, it needs the browser

            result: tuple[Mask, Classes] = wait_for(self.segment_with_classes_async(rgb), "segment_with_classes_async")
            return result
        rgb = self._check_classes(rgb)
        with self._model.turn() as runtime:
            return _now(self._look_for_classes(rgb, runtime))

    async def classes_async(self, rgb: Picture) -> Classes:
        """Return what `classes` does without blocking the event loop; in a browser it needs no JSPI."""
        return (await self.segment_with_classes_async(rgb))[1]

    async def segment_with_classes_async(self, rgb: Picture) -> tuple[Mask, Classes]:
        """Return what `segment_with_classes` does without blocking the event loop; in a browser it needs no JSPI."""
        if not IN_BROWSER:
            return await asyncio.to_thread(self.segment_with_classes, rgb)
        rgb = self._check_classes(rgb)
        async with self._model.turn_async() as runtime:
            return await self._look_for_classes(rgb, runtime)

    def _check_classes(self, rgb: Picture) -> Picture:
        if not self._model.spec.classes:
            raise NoClassesError(self._model.spec.name)
        return check_frame(rgb, "picture")

    async def _look_for_classes(self, rgb: Picture, runtime: Runtime) -> tuple[Mask, Classes]:
        size = Size(rgb.shape[1], rgb.shape[0])
        planes: list[NDArray[np.float32]] = []
        mask = await self._look(rgb, runtime, planes)
        return mask, Classes(self._model.spec.classes, planes[0], size, self._sampling.resize_half_pixel)

    async def _look(self, rgb: Picture, runtime: Runtime, planes: list[NDArray[np.float32]] | None = None) -> Mask:
        """Return the mask; the turn is the caller's. `planes` gets the classes of the whole picture, [C, h, w]."""
        if rgb.shape != self._shape:
            self._shape = rgb.shape
            runtime.reset()
            self._looks.cut()
        if self._model.spec.settings:
            runtime.set("smoothing", self._smoothing)
        if self._smoothing:
            return await self._follow(rgb, runtime, planes)
        self._looks.cut()
        size = Size(rgb.shape[1], rgb.shape[0])
        extras = [name for name, wanted in ((RAW, self._looks_closer), (CLASSES, planes is not None)) if wanted]
        small = await runtime.run(self._input(rgb), extras)
        if planes is not None:
            planes.append(runtime.extra(CLASSES)[0].copy())
        mask = self._grown(small, size)
        if self._looks_closer:
            await self._look_closer(rgb, runtime, mask)
        return mask

    async def _follow(self, rgb: Picture, runtime: Runtime, planes: list[NDArray[np.float32]] | None) -> Mask:
        """Return the mask of a film's next frame, of which the model may see a part alone."""
        looks, size = self._looks, Size(rgb.shape[1], rgb.shape[0])

        def show(part: Rect | None) -> Mask:
            return self._input(rgb if part is None else part_of(rgb, part))

        small = await looks.run(runtime, show, size, [] if planes is None else [CLASSES])
        part, counts = looks.part, looks.counts
        if planes is not None:
            seen = looks.extra(runtime, CLASSES)[0]
            planes.append(seen.copy() if part is None else placed_classes(seen, part, size))
        if part is None or counts is None:
            return self._grown(small, size)
        mask = np.zeros(rgb.shape[:2], np.float32)
        copy_part(self._grown(small, Size(int(part.width), int(part.height))), part, counts, mask)
        return mask

    async def _look_closer(self, rgb: Picture, runtime: Runtime, mask: Mask) -> None:
        """Write a better mask of a small person into `mask`, that of the whole picture, whose run was the last."""
        size = Size(rgb.shape[1], rgb.shape[0])
        first = runtime.extra(RAW)[0, 0].copy()  # in it the small is still there
        box = person_box(first)
        part = closer_look(box, size)
        if box is None or part is None:
            return
        close_up = await runtime.run(self._input(part_of(rgb, part)), [RAW])
        is_seen = bool((mask >= 0.5).any())
        if is_seen or is_confirmed(first, runtime.extra(RAW)[0, 0], part, size):
            put_back(self._grown(close_up, Size(int(part.width), int(part.height))), part, box, mask)

    @property
    def _looks_closer(self) -> bool:
        """Whether small people get a second look; a film is looked at closely without one, see `core.close_up`."""
        return self._model.spec.edges == "refined"

    def _input(self, rgb: Picture) -> Mask:
        spec = self._model.spec
        return self._model.filled(self._sampling.resize_half_pixel(rgb, spec.width, spec.height))

    def _grown(self, mask: Mask, size: Size) -> Mask:
        result: Mask = self._sampling.resize_half_pixel(mask, *size)
        return result

    def reset(self) -> None:
        """Forget what the pictures so far have left: another film begins. It does nothing after `close`."""
        self._looks.cut()
        super().reset()

    def _origin(self) -> tuple[type[Segmenter], tuple[Any, ...]]:
        spec = self._model.spec
        return Segmenter, (spec.model_selection, spec.edges, self._smoothing, self._model.providers or None)


def _now(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return the result of `work`, which waits for nothing: a native runtime is done when it returns."""
    try:
        work.send(None)
    except StopIteration as end:
        result: _Result = end.value
        return result
    raise RuntimeError("the runtime waits for something, but there is no event loop")
