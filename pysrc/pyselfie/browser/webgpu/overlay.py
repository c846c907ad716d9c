"""The effects' overlays, made on the GPU: small images of the mask's size, premultiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.blur import BackgroundBlur, SharedBindings
from pyselfie.browser.webgpu.device import TextureUsage
from pyselfie.browser.webgpu.picture import Picture
from pyselfie.browser.webgpu.preprocess import tiles
from pyselfie.core.overlay import BLURRED, ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.preprocess import ModelBuffers
    from pyselfie.core.effects import Overlay
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options
    from pyselfie.core.overlay import Ramp


class OverlayTexture:
    """Makes overlays from the mask. Make it with `create`.

    Attributes
    ----------
    picture : Picture
        The overlay.
    """

    def __init__(self, gpu: Gpu, pipeline: Any, blur: BackgroundBlur, size: Size, shared: SharedBindings) -> None:
        self.picture = Picture("2d", shared.texture.createView())
        self._gpu = gpu
        self._pipeline = pipeline
        self._blur = blur
        self._tiles = tiles(size)
        self._group = gpu.bind(pipeline.getBindGroupLayout(0), *shared.resources())
        self._ramp: Ramp | None = None
        self._shared = shared

    @classmethod
    async def create(cls, gpu: Gpu, model: ModelBuffers) -> OverlayTexture:
        """Compile for `model`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        texture = gpu.texture(model.size, "rgba16float", TextureUsage.STORAGE_BINDING | TextureUsage.TEXTURE_BINDING)
        shared = SharedBindings(model.mask, gpu.uniform(32), texture)
        width, height = model.size
        pipeline = await gpu.compute_pipeline("overlay", "overlay_ramp", WIDTH=width, HEIGHT=height)
        return cls(gpu, pipeline, await BackgroundBlur.create(gpu, model, shared), model.size, shared)

    def encode(self, compute_pass: Any, overlay: Overlay, options: Options, frame_size: Size) -> None:
        """Record the making of `overlay`."""
        wanted = ramp(overlay, options.color)
        if wanted != self._ramp:
            self._gpu.write(self._shared.ramp, _as_floats(wanted))
            self._ramp = wanted
        if overlay.color == BLURRED:
            self._blur.encode(compute_pass, options.strength, frame_size)
            return
        compute_pass.setPipeline(self._pipeline)
        compute_pass.setBindGroup(0, self._group)
        compute_pass.dispatchWorkgroups(*self._tiles)

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(self._shared.texture, self._shared.ramp)
        self._blur.close()


def _as_floats(numbers: Ramp) -> NDArray[np.float32]:
    """Return what ``overlay.wgsl`` calls a Ramp."""
    return np.concatenate([np.divide(numbers.base, 255), numbers.slope]).astype(np.float32)
