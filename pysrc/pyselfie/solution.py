"""MediaPipe's removed Solution API: `SelfieSegmentation().process(rgb).segmentation_mask`."""

from __future__ import annotations

import asyncio
import operator
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

import numpy as np

from pyselfie.core.manifest import load_spec
from pyselfie.core.pictures import advice
from pyselfie.core.show import show_repr
from pyselfie.extras import best_sampling
from pyselfie.runtimes.providers import parse_providers
from pyselfie.shared_model import IN_BROWSER, ModelOwner, SharedModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class SolutionOutputs(NamedTuple):
    """What `SelfieSegmentation.process` returns.

    Attributes
    ----------
    segmentation_mask
        float32 [H, W] in 0..1 of the picture's size, 1 where the person is.
    """

    segmentation_mask: NDArray[np.float32]


class SelfieSegmentation(ModelOwner):
    """MediaPipe's selfie segmentation: a person against the background, as `mediapipe` 0.10.21 computed it.

    Threads may share one; they take turns. A pickled or forked one is made anew in the other process.

    Parameters
    ----------
    model_selection
        0: the general model; 1: the landscape one, faster. Whatever Python takes as an index will do, such as True and
        ``np.int64(1)``.
    providers
        What runs the model on the desktop: ``"cpu"``, ``"cuda"``, ``"coreml"``, ``"directml"``; or several, best first;
        or ``"auto"``, the quickest that there is. One that doesn't start, or whose masks aren't the processor's, is
        passed over, and the processor does it: `backend` and `reason` tell. None: the processor.

    Raises
    ------
    ValueError
        When `model_selection` is neither 0 nor 1; MediaPipe ends the whole process then.
    TypeError
        When it is no whole number, such as None, "0" or 1.0; when `providers` is no name and no sequence of names.
    ProviderError
        A ValueError: when there is no such provider, or this ONNX Runtime lacks it.
    ImportError
        When ONNX Runtime is not installed.

    Examples
    --------
    >>> with SelfieSegmentation(model_selection=0) as segmenter:
    ...     mask = segmenter.process(rgb).segmentation_mask  # doctest: +SKIP
    """

    def __init__(self, model_selection: SupportsIndex = 0, providers: str | Iterable[str] | None = None) -> None:
        spec = load_spec(_legacy_number(model_selection), "raw")
        self._model = SharedModel(spec, "SelfieSegmentation", parse_providers(providers))
        self._sampling = best_sampling()

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

            outputs: SolutionOutputs = wait_for(self.process_async(image), "process_async")
            return outputs
        rgb = _check_image(image)
        small = self._small(rgb)
        with self._model.turn() as runtime:
            mask = runtime.run_sync(self._model.filled(small))
        return self._outputs(mask, rgb)

    async def process_async(self, image: NDArray[np.uint8]) -> SolutionOutputs:
        """Return what `process` does without blocking the event loop; in a browser it needs no JSPI."""
        if not IN_BROWSER:
            return await asyncio.to_thread(self.process, image)
        rgb = _check_image(image)
        small = self._small(rgb)
        async with self._model.turn_async() as runtime:
            mask = await runtime.run(self._model.filled(small))
            return self._outputs(mask, rgb)

    def _small(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        spec = self._model.spec
        small: NDArray[np.uint8] = self._sampling.corner_warp(rgb, spec.width, spec.height)
        return small

    def _outputs(self, mask: NDArray[np.float32], rgb: NDArray[np.uint8]) -> SolutionOutputs:
        return SolutionOutputs(self._sampling.resize_half_pixel(mask, rgb.shape[1], rgb.shape[0]))

    def _origin(self) -> tuple[type[SelfieSegmentation], tuple[Any, ...]]:
        return SelfieSegmentation, (self._model.spec.model_selection, self._model.providers or None)


def _legacy_number(model_selection: SupportsIndex) -> int:
    """Return the number of one of MediaPipe's two models; no name and no newer model has a place in its API."""
    expected = f"model_selection is {show_repr(model_selection)}, expected 0 (general) or 1 (landscape)"
    try:
        number = operator.index(model_selection)
    except TypeError as error:
        raise TypeError(expected) from error
    if number not in {0, 1}:
        raise ValueError(expected)
    return number


def _check_image(image: Any) -> NDArray[np.uint8]:
    """Return the picture as a C-contiguous uint8 array, or say in MediaPipe's terms why it is none."""
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"the image must be a NumPy array of shape (height, width, 3), got {type(image).__name__}{advice(image)}"
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"Input image must contain three channel rgb data. Got an array of shape {image.shape}{advice(image)}."
        )
    if not np.can_cast(image.dtype, np.uint8, "safe"):
        raise TypeError(
            f"Cannot cast array data from {image.dtype!r} to dtype('uint8') according to the rule 'safe'{advice(image)}"
        )
    if not image.size:
        raise ValueError(f"the image is empty: its shape is {image.shape}")
    return np.ascontiguousarray(image, np.uint8)
