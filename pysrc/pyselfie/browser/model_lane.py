"""One loaded model with the buffers of its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from pyselfie.browser.sampler import CanvasSampler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Drawable
    from pyselfie.runtimes.base import Runtime
    from pyselfie.runtimes.ort_gpu import OrtGpuRuntime
    from pyselfie.runtimes.ort_web import OrtWebRuntime

_TO_UNIT = np.float32(1 / 255)


class ModelLane:
    """Takes pictures of any size to masks of the model's size.

    Parameters
    ----------
    runtime : OrtWebRuntime
        The model, loaded; owned from here on. Not one whose pictures stay on the GPU.
    """

    def __init__(self, runtime: OrtWebRuntime | OrtGpuRuntime) -> None:
        self._runtime = cast("Runtime", runtime)
        facts = runtime.facts
        self._sampler = CanvasSampler(facts.width, facts.height)
        self._sample = np.empty((facts.height, facts.width, 4), np.uint8)
        self._tensor = np.empty(facts.input_shape, np.float32)

    async def segment(self, picture: Drawable) -> NDArray[np.float32]:
        """Return the mask, float32 [h, w] in 0..1; valid until the next call."""
        self._sampler.read(picture, self._sample)
        np.multiply(self._sample[..., :3], _TO_UNIT, out=self._tensor[0])
        return await self._runtime.run(self._tensor)

    def close(self) -> None:
        """Release the model."""
        self._runtime.close()
