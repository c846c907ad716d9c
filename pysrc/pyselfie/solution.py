"""MediaPipe's removed Solution API: `SelfieSegmentation().process(rgb).segmentation_mask`."""

from __future__ import annotations

import asyncio
import operator
import os
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

import numpy as np

from pyselfie.core.manifest import load_spec
from pyselfie.extras import best_sampling
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec

IN_BROWSER = sys.platform == "emscripten"
"""Whether this Python is Pyodide, where ONNX Runtime Web is the engine."""

_TO_UNIT = np.float32(1 / 255)


async def use_site(url: str) -> None:
    """Tell Pyodide where a built pyselfie site is, whose ONNX Runtime Web it then uses; does nothing on the desktop.

    Parameters
    ----------
    url
        ``"https://example.org/pyselfie/"``, or relative to the page. Another origin has to allow this one (CORS).

    Raises
    ------
    RuntimeError
        When there is no such site, or the page forbids it.
    """
    if IN_BROWSER:
        from pyselfie.browser import page_engine  # noqa: PLC0415, it needs the browser

        await page_engine.use_site(url)


class SolutionOutputs(NamedTuple):
    """What `SelfieSegmentation.process` returns.

    Attributes
    ----------
    segmentation_mask
        float32 [H, W] in 0..1 of the picture's size, 1 where the person is.
    """

    segmentation_mask: NDArray[np.float32]


class SelfieSegmentation:
    """MediaPipe's selfie segmentation: a person against the background, as `mediapipe` 0.10.21 computed it.

    Threads may share one; they take turns. A pickled or forked one is made anew in the other process.

    Parameters
    ----------
    model_selection
        0: the general model; 1: the landscape one, faster. Whatever Python takes as an index will do, such as True and
        ``np.int64(1)``.

    Raises
    ------
    ValueError
        When `model_selection` is neither 0 nor 1; MediaPipe ends the whole process then.
    TypeError
        When it is no whole number, such as None, "0" or 1.0.
    ImportError
        When ONNX Runtime is not installed.

    Examples
    --------
    >>> with SelfieSegmentation(model_selection=0) as segmenter:
    ...     mask = segmenter.process(rgb).segmentation_mask  # doctest: +SKIP
    """

    def __init__(self, model_selection: SupportsIndex = 0) -> None:
        self._spec = load_spec(_legacy_number(model_selection))
        self._sampling = best_sampling()
        self._tensor = np.empty(self._spec.input_shape, np.float32)
        self._is_open = True
        self._engine: Any = _make_engine(self._spec)
        self._lock, self._turn = threading.Lock(), asyncio.Lock()
        _living.add(self)

    def process(self, image: NDArray[np.uint8]) -> SolutionOutputs:
        """Return the segmentation mask of one RGB picture.

        Parameters
        ----------
        image
            uint8 [H, W, 3], RGB (OpenCV reads BGR: ``cv2.cvtColor(image, cv2.COLOR_BGR2RGB)``); it may be read-only,
            and a view of any strides.

        Returns
        -------
        SolutionOutputs
            With `segmentation_mask`, float32 [H, W] in 0..1.

        Raises
        ------
        ValueError
            When the picture has not three channels, or is empty; when the segmenter is closed.
        TypeError
            When it is no uint8 array.
        RuntimeError
            In a browser that cannot suspend Python (no JSPI): `process_async` works everywhere.
        """
        if IN_BROWSER:
            from pyselfie.browser.page_engine import wait_for  # noqa: PLC0415, it needs the browser

            outputs: SolutionOutputs = wait_for(self.process_async(image))
            return outputs
        rgb = _check_image(image)
        small = self._small(rgb)
        with self._lock:
            mask = self._opened().run_sync(self._filled(small))
        return self._outputs(mask, rgb)

    async def process_async(self, image: NDArray[np.uint8]) -> SolutionOutputs:
        """Return what `process` does without blocking the event loop; in a browser it needs no JSPI."""
        if not IN_BROWSER:
            return await asyncio.to_thread(self.process, image)
        rgb = _check_image(image)
        small = self._small(rgb)
        async with self._turn:
            mask = await self._opened().run(self._filled(small))
            return self._outputs(mask, rgb)

    def _small(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        small: NDArray[np.uint8] = self._sampling.corner_warp(rgb, self._spec.width, self._spec.height)
        return small

    def _opened(self) -> Any:
        """Return the engine; a forked process gets its own."""
        if not self._is_open:
            raise ValueError("this SelfieSegmentation is closed; make a new one to go on")
        if self._engine is None:
            self._engine = _make_engine(self._spec)
        return self._engine

    def _filled(self, small: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the model's input, always the same array, with the picture in it."""
        np.multiply(small, _TO_UNIT, out=self._tensor[0])
        return self._tensor

    def _outputs(self, mask: NDArray[np.float32], rgb: NDArray[np.uint8]) -> SolutionOutputs:
        return SolutionOutputs(self._sampling.resize_half_pixel(mask, rgb.shape[1], rgb.shape[0]))

    def _forget_parent(self) -> None:
        """Start over in a forked process: another thread may have held the lock, and the model is the parent's."""
        self._lock, self._turn, self._engine = threading.Lock(), asyncio.Lock(), None

    def reset(self) -> None:
        """Forget what the pictures so far have left; today's models leave nothing. It does nothing after `close`."""
        with self._lock:
            if self._is_open and self._engine is not None:
                self._engine.reset()

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        with self._lock:
            self._is_open = False
            if self._engine is not None:
                self._engine.close()

    def __enter__(self) -> SelfieSegmentation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._spec.model_selection, self._is_open)


_living: weakref.WeakSet[SelfieSegmentation] = weakref.WeakSet()


def _after_fork() -> None:
    for segmenter in list(_living):
        segmenter._forget_parent()


if hasattr(os, "register_at_fork"):  # neither Windows nor a browser has it
    os.register_at_fork(after_in_child=_after_fork)


def _restore(model_selection: int, is_open: bool) -> SelfieSegmentation:
    """Make a pickled segmenter again."""
    segmenter = SelfieSegmentation(model_selection)
    if not is_open:
        segmenter.close()
    return segmenter


def _legacy_number(model_selection: SupportsIndex) -> int:
    """Return the number of one of MediaPipe's two models; no name and no newer model has a place in its API."""
    expected = f"model_selection is {model_selection!r}, expected 0 (general) or 1 (landscape)"
    try:
        number = operator.index(model_selection)
    except TypeError as error:
        raise TypeError(expected) from error
    if number not in {0, 1}:
        raise ValueError(expected)
    return number


def _make_engine(spec: ModelSpec) -> Any:
    """Return what runs the model here: a `NativeRuntime`, or in a browser a `PageEngine`."""
    if IN_BROWSER:
        from pyselfie.browser.page_engine import PageEngine  # noqa: PLC0415, it needs the browser

        return PageEngine(spec)
    return NativeRuntime(spec)


def _check_image(image: Any) -> NDArray[np.uint8]:
    """Return the picture as a C-contiguous uint8 array, or say in MediaPipe's terms why it is none."""
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"the image must be a NumPy array of shape (height, width, 3), got {type(image).__name__}{_advice(image)}"
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"Input image must contain three channel rgb data. Got an array of shape {image.shape}{_advice(image)}."
        )
    if not np.can_cast(image.dtype, np.uint8, "safe"):
        raise TypeError(
            f"Cannot cast array data from {image.dtype!r} to dtype('uint8') according to the rule 'safe'"
            f"{_advice(image)}"
        )
    if not image.size:
        raise ValueError(f"the image is empty: its shape is {image.shape}")
    return np.ascontiguousarray(image, np.uint8)


def _advice(image: Any) -> str:
    """Return what turns a picture of the usual wrong kinds into the right one, led in by a colon; "" if unknown."""
    if not isinstance(image, np.ndarray):
        return ": np.asarray(picture) makes an array of it" if hasattr(image, "__array_interface__") else ""
    if image.ndim == 2:
        return ": a grey picture becomes RGB by np.dstack([image] * 3)"
    if image.ndim == 3 and image.shape[2] == 4:
        return ": leave alpha out with image[..., :3], and mind that OpenCV reads BGR(A), not RGB"
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype.kind == "f":
        return ": of a picture in 0..1, (image * 255).round().astype(np.uint8) makes bytes"
    return ""
