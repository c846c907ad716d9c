"""How much each of the frame's pixels is the person, at the frame's own size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.device import READ_BUFFER, TEXTURE, UNIFORM, Stage, TextureUsage
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Kind, Picture, PictureBinder
    from pyselfie.browser.webgpu.preprocess import ModelBuffers

FORMAT = "r16float"
"""Finer than the eye, and than 8 bits: a share of 0.95 of the last alpha would never quite fade away in those."""


class _Side(NamedTuple):
    """One of the two textures that change places."""

    texture: Any
    view: Any
    render_pass: Any  # that writes it


class AlphaTexture:
    """Makes alpha out of a refined model's coefficients, or of a raw model's mask. Make it with `create`.

    A refined model smooths over time: alpha is mixed with the last one, as much as the model's output ``still`` says.
    So there are two textures, of which one is written while the other is read. When the model has been reset, ``still``
    is 0 everywhere: nothing is left of another source, and nothing need be told here.

    Attributes
    ----------
    views : tuple of GPUTextureView
        Of both; another tuple when the frame's size has changed.
    newest : int
        Which of them has the newest alpha.
    """

    def __init__(self, gpu: Gpu, pipelines: dict[Kind, Any], layout: Any, buffers: tuple[Any, ...]) -> None:
        self._gpu = gpu
        self._pipelines = pipelines
        self._layout = layout
        self._buffers = tuple({"buffer": buffer} for buffer in buffers)
        self._now = gpu.uniform(16)
        self._told: tuple[Size, bool] | None = None  # what is in it
        self._size = Size(0, 0)
        self._sides: list[_Side] = []
        self._groups: list[Any] = []  # by the side that is written
        self.views: tuple[Any, ...] = ()
        self.newest = 0
        self._has_last = False
        self._resize(Size(1, 1))

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, model: ModelBuffers) -> AlphaTexture:
        """Compile for `model`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        buffers: tuple[Any, ...] = (model.mask,)
        kinds = [READ_BUFFER]
        if model.refined is not None:
            buffers = model.refined.coefficients, model.refined.still, model.look
            kinds = [READ_BUFFER, READ_BUFFER, UNIFORM]
        layout = gpu.layout(Stage.FRAGMENT, UNIFORM, TEXTURE, *kinds)
        known = {"WIDTH": model.size.width, "HEIGHT": model.size.height}
        pipelines = {}
        for kind, pictures in binder.layouts.items():
            shaders = ("alpha_mask",) if model.refined is None else (f"picture_{kind}", "look", "alpha_fit")
            pipelines[kind] = await gpu.render_pipeline(
                "alpha",
                *shaders,
                entry=shaders[-1],
                layouts=(layout, pictures),
                target={"format": FORMAT},
                constants=known,
            )
        return cls(gpu, pipelines, layout, buffers)

    def encode(self, encoder: Any, picture: Picture, size: Size) -> None:
        """Record the making of alpha for `picture`, of `size`, which has just been segmented."""
        if size != self._size:
            self._resize(size)
        self._tell(size)
        written = 1 - self.newest
        render_pass = encoder.beginRenderPass(self._sides[written].render_pass)
        render_pass.setPipeline(self._pipelines[picture.kind])
        render_pass.setBindGroup(0, self._groups[written])
        render_pass.setBindGroup(1, picture.group)
        render_pass.draw(3)
        render_pass.end()
        self.newest = written
        self._has_last = True

    def _resize(self, size: Size) -> None:
        self._has_last = False
        self._gpu.free(*(side.texture for side in self._sides))
        self._sides = [self._side(size) for _ in range(2)]
        self._groups = [
            self._gpu.bind(self._layout, {"buffer": self._now}, self._sides[1 - written].view, *self._buffers)
            for written in range(2)
        ]
        self.views = tuple(side.view for side in self._sides)
        self._size = size

    def _side(self, size: Size) -> _Side:
        usage = TextureUsage.RENDER_ATTACHMENT | TextureUsage.TEXTURE_BINDING
        texture = self._gpu.texture(size, FORMAT, usage)
        view = texture.createView()
        attachment = {"view": view, "loadOp": "clear", "storeOp": "store"}
        return _Side(texture, view, js_object(colorAttachments=[attachment]))

    def _tell(self, size: Size) -> None:
        if self._told != (size, self._has_last):
            self._told = size, self._has_last
            scale = np.array([1 / size.width, 1 / size.height], np.float32).view(np.uint32)
            self._gpu.write(self._now, np.array([*scale, self._has_last, 0], np.uint32))

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(self._now, *(side.texture for side in self._sides))
