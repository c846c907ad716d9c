"""Masks of pictures and of films: `Segmenter().segment(rgb)`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, SupportsIndex

from pyselfie.core.manifest import load_spec
from pyselfie.core.options import OptionError, option_named
from pyselfie.core.pictures import check_frame
from pyselfie.extras import best_sampling
from pyselfie.shared_model import IN_BROWSER, SharedModel

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]
    Looks = Generator[NDArray[np.float32], Mask, Mask]
    """Yields the model's inputs, is sent their masks, and returns the mask of the picture."""


class Segmenter:
    """Tells the person in pictures from the background, with edges that follow the picture's.

    Threads may share one; they take turns. A pickled or forked one is made anew in the other process.

    Parameters
    ----------
    model
        ``"general"``, or ``"landscape"``, which is faster; or their numbers, 0 and 1.
    edges
        ``"refined"``: the mask's edge follows the picture's; ``"raw"``: it is the network's.
    smoothing
        0..0.95: how much the mask before may count where the picture stands still. 0 is for single pictures, 0.85 good
        for a film, of which one segmenter gets every frame in turn. It needs refined edges.

    Raises
    ------
    OptionError
        A ValueError: when `edges` or `smoothing` is not as described, or raw edges are to be smoothed.
    ValueError, TypeError
        When there is no such model.
    ImportError
        When ONNX Runtime is not installed.

    Examples
    --------
    >>> with Segmenter() as segmenter:
    ...     mask = segmenter.segment(rgb)  # doctest: +SKIP
    """

    def __init__(
        self, model: str | SupportsIndex = "general", edges: str = "refined", smoothing: float = 0.0
    ) -> None:
        option_named("edges").parse(edges)
        self._model = SharedModel(load_spec(model, edges), "Segmenter")
        self._sampling = best_sampling()
        self._size: tuple[int, ...] | None = None  # of the picture before
        self.smoothing = smoothing

    @property
    def smoothing(self) -> float:
        """As given; it may be changed between two pictures."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        self._smoothing: float = option_named("smoothing").parse(value)
        if value and not self._model.spec.settings:
            raise OptionError(f"smoothing is {value}, but raw edges cannot be smoothed: it has to be 0, or edges refined.")

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
            looks = self._looks(rgb, runtime)
            tensor = next(looks)
            while True:
                try:
                    tensor = looks.send(runtime.run_sync(tensor))
                except StopIteration as end:
                    mask: Mask = end.value
                    return mask

    async def segment_async(self, rgb: Picture) -> Mask:
        """Return what `segment` does without blocking the event loop; in a browser it needs no JSPI."""
        if not IN_BROWSER:
            return await asyncio.to_thread(self.segment, rgb)
        rgb = check_frame(rgb, "picture")
        async with self._model.turn_async() as runtime:
            looks = self._looks(rgb, runtime)
            tensor = next(looks)
            while True:
                try:
                    tensor = looks.send(await runtime.run(tensor))
                except StopIteration as end:
                    mask: Mask = end.value
                    return mask

    def _looks(self, rgb: Picture, runtime: Any) -> Looks:
        """Have the model look at the picture, once or more."""
        if self._size != rgb.shape:
            self._size = rgb.shape
            runtime.reset()
        if self._model.spec.settings:
            runtime.set("smoothing", self._smoothing)
        mask = yield self._input(rgb)
        return self._grown(mask, rgb)

    def _input(self, rgb: Picture) -> Mask:
        spec = self._model.spec
        return self._model.filled(self._sampling.resize_half_pixel(rgb, spec.width, spec.height))

    def _grown(self, mask: Mask, rgb: Picture) -> Mask:
        result: Mask = self._sampling.resize_half_pixel(mask, rgb.shape[1], rgb.shape[0])
        return result

    def reset(self) -> None:
        """Forget what the pictures so far have left: another film begins. It does nothing after `close`."""
        self._model.reset()

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        self._model.close()

    def __enter__(self) -> Segmenter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        spec = self._model.spec
        return _restore, (spec.model_selection, spec.edges, self._smoothing, self._model.is_open)


def _restore(model: int, edges: str, smoothing: float, is_open: bool) -> Segmenter:
    """Make a pickled segmenter again."""
    segmenter = Segmenter(model, edges, smoothing)
    if not is_open:
        segmenter.close()
    return segmenter
