"""The veils of `pyselfie.core.effects`, made on the GPU: small pictures of the mask's size, premultiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.blur import BackgroundBlur
from pyselfie.browser.webgpu.device import TextureUsage
from pyselfie.browser.webgpu.picture import Picture
from pyselfie.browser.webgpu.preprocess import tiles
from pyselfie.core.options import parse_color

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.preprocess import ModelBuffers
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options

Ramp = tuple[tuple[float, ...], tuple[float, ...]]

_BLACK_NOTHING = (0.0, 0.0, 0.0, 0.0)
_BLACK = (0.0, 0.0, 0.0, 1.0)


def ramp(options: Options) -> Ramp | None:
    """Return (base, slope), RGBA in 0..1: the effect's veil is ``base + slope * mask``; None if it is not that simple.

    Raises
    ------
    KeyError
        If the effect has no veil here.
    """
    red, green, blue = (channel / 255 for channel in parse_color(options.color))
    person = _BLACK_NOTHING, (red, green, blue, 1.0)
    background = (red, green, blue, 1.0), (-red, -green, -blue, -1.0)
    erasing = _BLACK, (0.0, 0.0, 0.0, -1.0)
    ramps: dict[str, Ramp | None] = {
        "fill": person,
        "mask": (_BLACK, (1.0, 1.0, 1.0, 0.0)),
        "color": background,
        "blur": None,
        "picture": erasing,
        "transparent": erasing,
    }
    return ramps[options.effect]


class Veil:
    """Makes the effect's veil from the mask. Make it with `create`.

    Attributes
    ----------
    picture : Picture
        The veil.
    """

    def __init__(self, gpu: Gpu, pipeline: Any, blur: BackgroundBlur, model: ModelBuffers, texture: Any) -> None:
        view = texture.createView()
        self.picture = Picture("2d", view)
        self._gpu = gpu
        self._pipeline = pipeline
        self._blur = blur
        self._tiles = tiles(model.size)
        self._uniform = gpu.uniform(32)
        self._group = gpu.bind(pipeline.getBindGroupLayout(0), {"buffer": model.mask}, {"buffer": self._uniform}, view)
        self._ramp: Ramp | None = None
        self._texture = texture

    @classmethod
    async def create(cls, gpu: Gpu, model: ModelBuffers) -> Veil:
        """Compile for `model`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        texture = gpu.texture(model.size, "rgba16float", TextureUsage.STORAGE_BINDING | TextureUsage.TEXTURE_BINDING)
        pipeline = await gpu.compute_pipeline("veil_ramp", WIDTH=model.size.width, HEIGHT=model.size.height)
        blur = await BackgroundBlur.create(gpu, model, texture)
        return cls(gpu, pipeline, blur, model, texture)

    def encode(self, compute_pass: Any, options: Options, frame_size: Size) -> None:
        """Record the making of the veil."""
        wanted = ramp(options)
        if wanted is None:
            self._blur.encode(compute_pass, options.strength, frame_size)
            return
        if wanted != self._ramp:
            self._gpu.write(self._uniform, _as_floats(wanted))
            self._ramp = wanted
        compute_pass.setPipeline(self._pipeline)
        compute_pass.setBindGroup(0, self._group)
        compute_pass.dispatchWorkgroups(*self._tiles)

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(self._texture, self._uniform)
        self._blur.close()


def _as_floats(ramp_: Ramp) -> NDArray[np.float32]:
    return np.array(ramp_, np.float32).ravel()
