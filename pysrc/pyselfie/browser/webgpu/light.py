"""Light of the backdrop: the picture behind the person, smeared, as the edge's colours take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.browser.webgpu.device import Stage, TextureUsage
from pyselfie.browser.webgpu.preprocess import tiles

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.compositor import Backdrop
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import PictureBinder
    from pyselfie.core.geometry import Size


class BackdropLight:
    """What `pyselfie.core.edge` calls W, on a quarter of the mask's size. Make it with `create`.

    Attributes
    ----------
    view : GPUTextureView
        Where it is.
    """

    def __init__(self, gpu: Gpu, pipelines: tuple[Any, Any], blocks_layout: Any, size: Size) -> None:
        usage = TextureUsage.STORAGE_BINDING | TextureUsage.TEXTURE_BINDING
        self._gpu = gpu
        self._textures = [gpu.texture(size, "rgba16float", usage) for _ in range(2)]
        blocks, self.view = (texture.createView() for texture in self._textures)
        mean_layout = pipelines[1].getBindGroupLayout(0)
        self._steps = (
            (pipelines[0], gpu.bind(blocks_layout, blocks)),
            (pipelines[1], gpu.bind(mean_layout, blocks, self.view)),
        )
        self._tiles = tiles(size)
        self._of: Backdrop | None = None

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, size: Size) -> BackdropLight:
        """Compile for light of this size.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        written = {"storageTexture": {"format": "rgba16float"}}
        layout = gpu.layout(Stage.COMPUTE, written)
        layouts = (layout, binder.layouts["2d"])
        blocks = await gpu.compute_pipeline("picture_2d", "light_blocks", layouts=layouts)
        return cls(gpu, (blocks, await gpu.compute_pipeline("light_mean")), layout, size)

    def encode(self, compute_pass: Any, backdrop: Backdrop) -> None:
        """Record the making, if it isn't this backdrop's already."""
        if backdrop is self._of:
            return
        self._of = backdrop
        compute_pass.setBindGroup(1, backdrop.picture.group)
        for pipeline, group in self._steps:
            compute_pass.setPipeline(pipeline)
            compute_pass.setBindGroup(0, group)
            compute_pass.dispatchWorkgroups(*self._tiles)

    def close(self) -> None:
        """Free the textures."""
        self._gpu.free(*self._textures)
