"""One loaded model with the buffers of its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from pyselfie.browser.canvas.float_sampler import FloatSampler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Drawable, Host
    from pyselfie.browser.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.ort_web import OrtWebRuntime
    from pyselfie.runtimes.base import Runtime


class ModelLane:
    """Takes pictures of any size to masks of the model's size.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side.
    runtime : OrtWebRuntime
        The model, loaded; owned from here on. Not one whose pictures stay on the GPU.
    """

    def __init__(self, host: Host, runtime: OrtWebRuntime | OrtGpuRuntime) -> None:
        self._runtime = cast("Runtime", runtime)
        spec = runtime.spec
        self._sampler = FloatSampler(host, spec.width, spec.height)
        self._tensor = np.empty(spec.input_shape, np.float32)

    async def segment(self, picture: Drawable) -> NDArray[np.float32]:
        """Return the mask, float32 [h, w] in 0..1; valid until the next call."""
        self._sampler.read(picture, self._tensor[0])
        return await self._runtime.run(self._tensor)

    def close(self) -> None:
        """Release the model."""
        self._runtime.close()
