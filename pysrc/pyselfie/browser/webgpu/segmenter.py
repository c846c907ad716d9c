"""From a picture on the GPU to its mask, which stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.browser.webgpu.preprocess import ModelBuffers, Preprocess
from pyselfie.browser.webgpu.readback import read_floats
from pyselfie.core.classes import NoClassesError
from pyselfie.core.manifest import CLASSES
from pyselfie.runtimes.film import Film

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder
    from pyselfie.core.geometry import Size


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
        self._film = Film(runtime)
        self._preprocess = preprocess
        self._lap = lap

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

    async def segment(self, picture: Picture, size: Size, smoothing: float) -> None:
        """Hand the work to the GPU; what is submitted afterwards sees the mask in its buffer.

        The mask before may count by `smoothing`, 0..0.95, if the picture, of `size`, is the next one of the same film.
        """
        self.look(picture)
        self._film.begin_frame(size, smoothing)
        await self._runtime.run()
        self._lap("infer")

    async def read_mask(self) -> NDArray[np.float32]:
        """Return the mask, float32 [h, w] in 0..1."""
        width, height = self.model.size
        floats = await read_floats(self._gpu, self.model.mask)
        return floats[: height * width].reshape(height, width)

    def cut(self) -> None:
        """Let the next picture be the first of another film."""
        self._film.cut()

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the model tells apart."""
        return self._runtime.spec.classes

    async def read_classes(self) -> NDArray[np.float32]:
        """Return what the model has told apart in the last picture, float32 [C, h, w].

        Raises
        ------
        NoClassesError
            When it knows the person alone.
        """
        names, (width, height) = self.class_names, self.model.size
        if not names:
            raise NoClassesError(self._runtime.spec.name)
        floats = await read_floats(self._gpu, self._runtime.buffer(CLASSES))
        return floats[: len(names) * height * width].reshape(len(names), height, width)

    def reset(self) -> None:
        """Forget what the frames so far have left, also of a run under way."""
        self._film.cut()
        self._runtime.reset()

    def close(self) -> None:
        """Release the model."""
        self._runtime.close()
