"""Users' overlays on the GPU: what they are made from comes to Python in one readback, and goes back as a texture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyodide.ffi import to_js

from pyselfie.browser.canvas.shot import SmallShot
from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.device import BufferUsage, TextureUsage
from pyselfie.browser.webgpu.preprocess import tiles
from pyselfie.core.classes import Classes
from pyselfie.core.sampling import resize_half_pixel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.webgpu.compositor import Compositor
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder
    from pyselfie.browser.webgpu.segmenter import GpuSegmenter, Seen
    from pyselfie.core.geometry import Size
    from pyselfie.custom.live import LiveEffect


class UserPart:
    """What a pipeline paints by a user's effect, if that is an overlay: one of full size waits for Canvas 2D.

    Attributes
    ----------
    is_bare : bool
        Whether nothing was painted: no overlay could be made, and nobody wants the bare frame after a fault.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder, compositor: Compositor) -> None:
        self.is_bare = False
        self._has_made = False  # anything yet
        self._gpu, self._binder, self._compositor = gpu, binder, compositor
        self._effect: CustomEffectCanvas | None = None
        self._overlay: UserOverlay | None = None  # of the model that runs, from the first frame on that has one

    @property
    def effect(self) -> CustomEffectCanvas | None:
        """The user's effect, of either kind."""
        return self._effect

    @effect.setter
    def effect(self, effect: CustomEffectCanvas | None) -> None:
        self._effect, self._has_made = effect, False
        self.forget()

    @property
    def is_on(self) -> bool:
        """Whether there is an overlay to be made."""
        return self._effect is not None and self._effect.live.has_overlay

    @property
    def lacks_sample(self) -> bool:
        """Whether it has to be read first what the overlay is made from."""
        effect, overlay = self._effect, self._overlay
        return self.is_on and effect is not None and (overlay is None or not overlay.has_seen_for(effect))

    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """What is drawn over the frame, uint8 [h, w, 4], straight RGBA; None: nothing of the user's."""
        return None if self._overlay is None else self._overlay.pixels

    async def see(self, segmenter: GpuSegmenter) -> bool:
        """Read what the overlay of the picture is made from whose buffers there are; returns whether that was needed.

        Not while the buffers are made.
        """
        self.forget()
        effect = self._effect
        if effect is None or not self.is_on:
            return False
        if self._overlay is None:
            await self._compositor.prepare_user()
            self._overlay = await UserOverlay.create(self._gpu, self._binder, segmenter)
        await self._overlay.see(effect)
        return True

    def make(self, size: Size, *, mirror: bool, has_other: bool) -> None:
        """Let the user's code draw over the frame of `size` that has been read, if there is an overlay.

        `has_other` says that another effect paints where that cannot.
        """
        effect = self._effect
        if self._overlay is not None:
            self._overlay.draw(effect if self.is_on else None, size, mirror=mirror)
        if self.pixels is not None:
            self._has_made = True
        self.is_bare = effect is not None and self.pixels is None and not (has_other or self._waits(effect.live))

    def _waits(self, live: LiveEffect) -> bool:
        """Tell whether the first effect of all is of full size: until Canvas 2D is there, what was shown goes on."""
        return live.sees_frame and live.good is None and not self._has_made

    def encode(self, encoder: Any, size: Size, scene: Any, frame: Picture) -> None:
        """Record the composite with the overlay that has been made."""
        assert self._overlay is not None  # noqa: S101 - as the docstring says
        self._compositor.encode_user(encoder, size, scene, frame, self._overlay.picture)

    def forget(self) -> None:
        """Let go of what has been read and made: another frame comes."""
        self.is_bare = False
        if self._overlay is not None:
            self._overlay.forget()

    def reset(self) -> None:
        """Begin again: another film comes."""
        self.forget()
        if self._effect is not None:
            self._effect.reset()

    def release_model(self) -> None:
        """Free what was made for the model."""
        if self._overlay is not None:
            self._overlay.close()
        self._overlay = None


class UserOverlay:
    """What a user's effect draws over frames, by one model's sample and mask. Make it with `create`.

    Attributes
    ----------
    pixels : ndarray of uint8, shape [h, w, 4], or None
        What it has drawn over the last frame; None if it couldn't.
    picture : Picture
        The same, to be sampled.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder, segmenter: GpuSegmenter, pipeline: Any) -> None:
        size = segmenter.model.size
        self.pixels: NDArray[np.uint8] | None = None
        self._gpu = gpu
        self._segmenter = segmenter
        self._size = size
        self._seen: Seen | None = None
        self._texture = gpu.texture(size, "rgba8unorm", TextureUsage.COPY_DST | TextureUsage.TEXTURE_BINDING)
        self.picture: Picture = binder.bind("2d", self._texture.createView())
        self._colours = gpu.buffer(4 * size.width * size.height, BufferUsage.STORAGE | BufferUsage.COPY_SRC)
        self._pipeline = pipeline
        model = segmenter.model
        buffers = ({"buffer": one} for one in (model.look, model.tensor, model.sample, self._colours))
        self._group = gpu.bind(pipeline.getBindGroupLayout(0), *buffers)

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, segmenter: GpuSegmenter) -> UserOverlay:
        """Compile for a model.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        size = segmenter.model.size
        known = {"WIDTH": size.width, "HEIGHT": size.height}
        return cls(gpu, binder, segmenter, await gpu.compute_pipeline("look", "seen", constants=known))

    async def see(self, custom: CustomEffectCanvas) -> None:
        """Read what `custom` may ask for of the picture whose buffers there are; not while they are made."""
        encoder = self._gpu.device.createCommandEncoder()
        compute_pass = encoder.beginComputePass()
        compute_pass.setPipeline(self._pipeline)
        compute_pass.setBindGroup(0, self._group)
        compute_pass.dispatchWorkgroups(*tiles(self._size))
        compute_pass.end()
        self._gpu.submit(encoder)
        self._seen = await self._segmenter.read_seen(self._colours, with_classes=custom.live.takes_classes)

    def forget(self) -> None:
        """Let go of what has been read: it is another frame's."""
        self._seen = self.pixels = None

    def has_seen_for(self, custom: CustomEffectCanvas) -> bool:
        """Whether all has been read that `custom` may ask for."""
        if self._seen is None:
            return False
        return self._seen.classes is not None or not (custom.live.takes_classes and self._segmenter.class_names)

    def draw(self, custom: CustomEffectCanvas | None, size: Size, *, mirror: bool) -> None:
        """Let `custom` draw over the frame of `size` whose sample has been read; without it there is no overlay."""
        self.pixels = None
        if custom is not None and self._seen is not None and self.has_seen_for(custom):
            sample, mask, planes = self._seen

            def classes() -> Classes | None:
                names = self._segmenter.class_names
                return None if planes is None else Classes(names, planes, size, resize_half_pixel)

            self.pixels = custom.overlay(SmallShot(size=size, sample=sample, mask=mask, classes=classes, mirror=mirror))
        if self.pixels is None:
            return
        layout, target = js_object(bytesPerRow=4 * self._size.width), js_object(texture=self._texture)
        self._gpu.queue.writeTexture(target, to_js(self.pixels.ravel()), layout, to_js(list(self._size)))

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(self._texture, self._colours)
