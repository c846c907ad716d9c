"""From a picture on the GPU to its mask, which stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.browser.webgpu.preprocess import ModelBuffers, Preprocess
from pyselfie.browser.webgpu.readback import read_floats

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder


class GpuSegmenter:
    """What `canvas.segmenter.Segmenter` is, on GPU buffers. Make it with `create`.

    Attributes
    ----------
    model : ModelBuffers
        Where the sampled picture and the mask are.
    """

    def __init__(
        self, gpu: Gpu, runtime: OrtGpuRuntime, model: ModelBuffers, preprocess: Preprocess, lap: Callable[[str], None]
    ) -> None:
        self.model = model
        self._gpu = gpu
        self._runtime = runtime
        self._preprocess = preprocess
        self._lap = lap
        self._smoothing: float | None = None  # what the model has been told

    @classmethod
    async def create(
        cls, gpu: Gpu, binder: PictureBinder, runtime: OrtGpuRuntime, lap: Callable[[str], None]
    ) -> GpuSegmenter:
        """Compile for `runtime`, which is owned from here on.

        Raises
        ------
        JsException
            If a shader does not compile; the runtime is the caller's then.
        """
        model = ModelBuffers.of(runtime)
        return cls(gpu, runtime, model, await Preprocess.create(gpu, binder, model), lap)

    def look(self, picture: Picture) -> None:
        """Sample `picture` without segmenting it."""
        encoder = self._gpu.device.createCommandEncoder()
        compute_pass = encoder.beginComputePass()
        self._preprocess.encode(compute_pass, picture)
        compute_pass.end()
        self._gpu.submit(encoder)
        self._lap("preprocess")

    async def segment(self, picture: Picture, smoothing: float) -> None:
        """Hand the work to the GPU; what is submitted afterwards sees the mask in its buffer.

        Parameters
        ----------
        picture : Picture
            What is segmented.
        smoothing : float
            The most that the last mask may weigh, 0..0.95; a model that cannot smooth does not.
        """
        self.look(picture)
        if self.model.refined is not None and smoothing != self._smoothing:
            self._runtime.set("smoothing", smoothing)
            self._smoothing = smoothing
        await self._runtime.run()
        self._lap("infer")

    async def read_mask(self) -> NDArray[np.float32]:
        """Return the mask, float32 [h, w] in 0..1."""
        width, height = self.model.size
        floats = await read_floats(self._gpu, self.model.mask)
        return floats[: height * width].reshape(height, width)

    def reset(self) -> None:
        """Forget what the frames so far have left: the next one is the first of another source."""
        self._runtime.reset()

    def close(self) -> None:
        """Release the model."""
        self._runtime.close()
