"""What the composite's layers are painted from, all of it on the GPU and made from a model's buffers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.browser.webgpu.alpha import AlphaTexture
from pyselfie.browser.webgpu.blur import BackgroundBlur
from pyselfie.browser.webgpu.device import SAMPLER, TEXTURE, UNIFORM, Stage
from pyselfie.browser.webgpu.edge import EdgeColours
from pyselfie.browser.webgpu.light import BackdropLight
from pyselfie.core.effects import EFFECTS, draws_for, folds_edge, wrap_for
from pyselfie.core.geometry import Rect, Size
from pyselfie.core.overlay import BLURRED, Ramp, ramp

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.compositor import Backdrop
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder
    from pyselfie.browser.webgpu.preprocess import ModelBuffers
    from pyselfie.core.options import Options

_SCENE_BYTES = 80
_FULL = Rect(0, 0, 1, 1)
_NOTHING = Ramp((0, 0, 0, 0), (0, 0, 0, 0))


def scene_layout(gpu: Gpu) -> Any:
    """Return the layout of bind group 0 of all layers, in the order of ``scene.wgsl`` and ``layer_person.wgsl``."""
    return gpu.layout(Stage.FRAGMENT, UNIFORM, SAMPLER, *[TEXTURE] * 5, UNIFORM, UNIFORM)


class _Parts(NamedTuple):
    alpha: AlphaTexture
    blur: BackgroundBlur
    edge: EdgeColours
    light: BackdropLight


class PersonLayers:
    """Alpha, and the small textures that the layers take their colours from. Make it with `create`."""

    def __init__(self, gpu: Gpu, layout: Any, parts: _Parts, look: Any) -> None:
        self._gpu = gpu
        self._layout = layout
        self._alpha, self._blur, self._edge, self._light = self._parts = parts
        self._sampler = gpu.sampler()
        self._scene = gpu.uniform(_SCENE_BYTES)
        self._look = look
        self._told: tuple[Any, ...] | None = None  # what is in it
        self._views: tuple[Any, ...] = ()  # of alpha
        self._groups: list[Any] = []  # one for each of them

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, layout: Any, model: ModelBuffers) -> PersonLayers:
        """Compile for `model`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        with ExitStack() as made:  # a shader that does not compile leaves nothing behind
            alpha = await AlphaTexture.create(gpu, binder, model)
            made.callback(alpha.close)
            blur = await BackgroundBlur.create(gpu, model)
            made.callback(blur.close)
            light = await BackdropLight.create(gpu, binder, Size(model.size.width // 4, model.size.height // 4))
            made.callback(light.close)
            edge = await EdgeColours.create(gpu, model, light.view)
            made.pop_all()
        return cls(gpu, layout, _Parts(alpha, blur, edge, light), model.look)

    def advance(self, encoder: Any, picture: Picture, size: Size) -> None:
        """Record the making of alpha for a picture that has just been segmented: once for each."""
        self._alpha.encode(encoder, picture, size)

    def encode(self, encoder: Any, options: Options, size: Size, backdrop: Backdrop | None) -> None:
        """Record the making of the colours that `options` ask for; of a `backdrop` if it is drawn."""
        overlay = EFFECTS[options.effect].overlay
        is_blurred = overlay is not None and overlay.color == BLURRED
        has_edge = folds_edge(options) or any(draw.layer in {"edge", "cast"} for draw in draws_for(options))
        if not is_blurred and not has_edge:
            return
        compute_pass = encoder.beginComputePass()
        if is_blurred:
            self._blur.encode(compute_pass, options.strength, size)
        if has_edge and backdrop is not None:
            self._light.encode(compute_pass, backdrop)
        if has_edge:
            self._edge.encode(compute_pass, options.colour_cast)
        compute_pass.end()

    def group(self, options: Options, size: Size, view: Rect | None) -> Any:
        """Return bind group 0 of all layers, for a canvas of `size` pixels that shows `FramedView.of` the frame."""
        self._tell(options, size, view or _FULL)
        if self._alpha.views is not self._views:
            self._views = self._alpha.views
            self._groups = [self._bind(view) for view in self._views]
        return self._groups[self._alpha.newest]

    def _bind(self, alpha: Any) -> Any:
        textures = (alpha, self._blur.view, self._edge.person, self._edge.outside, self._light.view)
        cast, look = {"buffer": self._edge.cast}, {"buffer": self._look}
        return self._gpu.bind(self._layout, {"buffer": self._scene}, self._sampler, *textures, cast, look)

    def _tell(self, options: Options, size: Size, view: Rect) -> None:
        """Write what ``scene.wgsl`` calls a Scene, if it is another one."""
        overlay = EFFECTS[options.effect].overlay
        colours = _NOTHING if overlay is None else ramp(overlay, options.color)
        edge = options.decontaminate, wrap_for(options)
        if self._told == (size, view, options.mirror, colours, edge):
            return
        self._told = size, view, options.mirror, colours, edge
        x, y = 1 / size.width, 1 / size.height
        across, down = view.width * x, view.height * y
        person = (-across, down, 1 - view.x, view.y) if options.mirror else (across, down, view.x, view.y)
        base = (level / 255 for level in colours.base)
        numbers = [*person, x, y, 0, 0, *base, *colours.slope, *edge, 0, 0]
        self._gpu.write(self._scene, np.array(numbers, np.float32))

    def close(self) -> None:
        """Free what was made."""
        for part in self._parts:
            part.close()
        self._gpu.free(self._scene)
