"""What is painted of a frame in textures by the mask in buffers: the layers of an effect, or a user's overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.browser.webgpu.layers import PersonLayers
from pyselfie.browser.webgpu.user_overlay import UserPart
from pyselfie.core.effects import draws_for

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.compositor import Compositor
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder
    from pyselfie.browser.webgpu.preprocess import ModelBuffers
    from pyselfie.core.geometry import Rect, Size
    from pyselfie.core.options import Options


class GpuPainter:
    """Paints frames by the masks of a model, or by those that come with them.

    Attributes
    ----------
    user : UserPart
        What it paints by a user's effect.
    by_camera : bool
        Whether the mask that there is has come with its frame.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder, compositor: Compositor) -> None:
        self.user = UserPart(gpu, binder, compositor)
        self.by_camera = False
        self._gpu, self._binder, self._compositor = gpu, binder, compositor
        self._layers: PersonLayers | None = None
        self._camera_layers: PersonLayers | None = None  # by a mask alone; made when a frame brings one

    @property
    def is_ready(self) -> bool:
        """Whether there are layers of a model."""
        return self._layers is not None

    async def layers_for(self, model: ModelBuffers) -> PersonLayers:
        """Compile what paints by `model`, for `use`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        return await PersonLayers.create(self._gpu, self._binder, self._compositor.layout, model)

    def use(self, layers: PersonLayers) -> None:
        """Paint by another model from here on; that before has been released."""
        self._layers = layers

    async def prepare_camera(self, model: ModelBuffers) -> None:
        """Compile what paints by a mask that comes with a frame, where `model` would leave its own.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        if self._camera_layers is None:
            self._camera_layers = await self.layers_for(model._replace(refined=None))

    def release_model(self) -> None:
        """Free what was made for the model."""
        for layers in (self._layers, self._camera_layers):
            if layers is not None:
                layers.close()
        self._layers = self._camera_layers = None
        self.by_camera = False
        self.user.release_model()

    def draw(
        self, frame: Picture, size: Size, options: Options, view: Rect | None = None, *, is_fresh: bool = False
    ) -> None:
        """Draw a frame of `size`, or what `FramedView.of` says of it.

        `is_fresh` if it has just been segmented, whatever is painted of it.
        """
        layers = self._layers_now
        encoder = self._gpu.device.createCommandEncoder()
        if is_fresh:
            layers.advance(encoder, frame, size)
        if self.user.pixels is not None:
            self.user.encode(encoder, size, layers.group(options, size, view), frame)
        elif not self.user.is_bare:
            self._compositor.encode(encoder, size, self._encode_layers(encoder, size, options, view), frame, options)
        self._gpu.submit(encoder)

    def draw_overlay(self, size: Size, options: Options) -> None:
        """Draw the overlay of the frame alone."""
        encoder = self._gpu.device.createCommandEncoder()
        scene = self._encode_layers(encoder, size, options, None)
        self._compositor.encode_overlay(encoder, size, scene, options)
        self._gpu.submit(encoder)

    def _encode_layers(self, encoder: Any, size: Size, options: Options, view: Rect | None) -> Any:
        """Record the making of what the layers are painted from; return it."""
        layers = self._layers_now
        lit = any(draw.layer == "backdrop" for draw in draws_for(options))
        layers.encode(encoder, options, size, self._compositor.backdrop(size) if lit else None)
        return layers.group(options, size, view)

    @property
    def _layers_now(self) -> PersonLayers:
        """What paints by the mask that there is."""
        layers = self._camera_layers if self.by_camera else self._layers
        assert layers is not None  # noqa: S101 - there is a model before there is a frame
        return layers
