"""MediaPipe's removed Solution API: `SelfieSegmentation().process(rgb).segmentation_mask`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.core import sampling
from pyselfie.core.facts import load_facts
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from types import ModuleType, TracebackType

    from numpy.typing import NDArray


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

    Parameters
    ----------
    model_selection
        0: the general model; 1: the landscape one, faster.

    Raises
    ------
    ValueError
        When `model_selection` is neither 0 nor 1.
    ImportError
        When ONNX Runtime is not installed.

    Examples
    --------
    >>> with SelfieSegmentation(model_selection=0) as segmenter:
    ...     mask = segmenter.process(rgb).segmentation_mask  # doctest: +SKIP
    """

    def __init__(self, model_selection: int = 0) -> None:
        self._runtime: NativeRuntime | None = NativeRuntime(load_facts(model_selection))
        self._facts = self._runtime.facts
        self._sampling = _best_sampling()
        self._tensor = np.empty(self._facts.input_shape, np.float32)
        self._lock = threading.Lock()

    def process(self, image: NDArray[np.uint8]) -> SolutionOutputs:
        """Return the segmentation mask of one RGB picture.

        Parameters
        ----------
        image
            uint8 [H, W, 3], RGB; it may be read-only, and a view of any strides.

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
        """
        rgb = _check_image(image)
        height, width = rgb.shape[:2]
        small = self._sampling.corner_warp(rgb, self._facts.width, self._facts.height)
        with self._lock:
            if self._runtime is None:
                raise ValueError("this SelfieSegmentation is closed; make a new one to go on")
            np.multiply(small, np.float32(1 / 255), out=self._tensor[0])
            mask = self._runtime.run_sync(self._tensor)
        return SolutionOutputs(self._sampling.resize_half_pixel(mask, width, height))

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        with self._lock:
            if self._runtime is not None:
                self._runtime.close()
                self._runtime = None

    def __enter__(self) -> SelfieSegmentation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _best_sampling() -> ModuleType:
    """Return the OpenCV functions where OpenCV is installed, else NumPy's."""
    try:
        from pyselfie import sampling_cv2  # noqa: PLC0415, it is an optional extra
    except ImportError:
        return sampling
    return sampling_cv2


def _check_image(image: Any) -> NDArray[np.uint8]:
    """Return the picture as a C-contiguous uint8 array, or say in MediaPipe's terms why it is none."""
    if not isinstance(image, np.ndarray):
        raise TypeError(f"the image must be a NumPy array of shape (height, width, 3), got {type(image).__name__}")
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"Input image must contain three channel rgb data. Got an array of shape {image.shape}.")
    if not np.can_cast(image.dtype, np.uint8, "safe"):
        raise TypeError(f"Cannot cast array data from {image.dtype!r} to dtype('uint8') according to the rule 'safe'")
    if not image.size:
        raise ValueError(f"the image is empty: its shape is {image.shape}")
    return np.ascontiguousarray(image, np.uint8)
