"""What the layers ``edge`` and ``cast`` are painted with, made on the GPU as `pyselfie.core.edge` makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.device import BufferUsage, TextureUsage
from pyselfie.browser.webgpu.preprocess import tiles
from pyselfie.core.edge import CAST_RANGE
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.preprocess import ModelBuffers

_CELL = 32  # bytes
_TABLE = TextureUsage.STORAGE_BINDING | TextureUsage.TEXTURE_BINDING


class EdgeColours:
    """Mean colours of person and background round each point, and the cast. Make it with `create`.

    Attributes
    ----------
    person, outside : GPUTextureView
        The mean colours, on a quarter of the mask's size; `person` has in alpha where light falls.
    cast : GPUBuffer
        A vec4f: what the frame is multiplied by.
    """

    def __init__(self, gpu: Gpu, pipelines: tuple[Any, Any, Any], model: ModelBuffers, light: Any) -> None:
        size = Size(model.size.width // 4, model.size.height // 4)
        self._gpu = gpu
        self._pipelines = pipelines
        self._textures = [gpu.texture(size, "rgba16float", _TABLE) for _ in range(2)]
        self.person, self.outside = (texture.createView() for texture in self._textures)
        self.cast = gpu.buffer(16, BufferUsage.STORAGE | BufferUsage.UNIFORM)
        self._cells = gpu.storage(size.width * size.height * _CELL)
        self._strength = gpu.uniform(16)
        self._told: float | None = None  # what is in it
        self._tiles = tiles(size)
        self._groups = self._bind(model, light)

    @classmethod
    async def create(cls, gpu: Gpu, model: ModelBuffers, light: Any) -> EdgeColours:
        """Compile for `model` and the view of the backdrop's `light`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        known = {"WIDTH": model.size.width, "HEIGHT": model.size.height}
        second = "edge_means" if model.refined is None else "edge_gather"
        cells = await gpu.compute_pipeline("edge_cell", "edge_cells", constants=known)
        means = await gpu.compute_pipeline("edge_cell", "edge", second, constants=known)
        least, most = CAST_RANGE
        cast = await gpu.compute_pipeline("edge_cell", "edge_cast", constants={"LEAST": least, "MOST": most})
        return cls(gpu, (cells, means, cast), model, light)

    def _bind(self, model: ModelBuffers, light: Any) -> tuple[Any, ...]:
        cells = {"buffer": self._cells}
        found = () if model.refined is None else (model.refined.person, model.refined.outside)
        resources: tuple[tuple[Any, ...], ...] = (
            ({"buffer": model.tensor}, {"buffer": model.mask}, cells),
            (cells, self.person, self.outside, *({"buffer": planes} for planes in found)),
            (cells, light, {"buffer": self._strength}, {"buffer": self.cast}),
        )
        layouts = [pipeline.getBindGroupLayout(0) for pipeline in self._pipelines]
        return tuple(self._gpu.bind(layout, *these) for layout, these in zip(layouts, resources, strict=True))

    def encode(self, compute_pass: Any, cast: float) -> None:
        """Record the making of everything; the cast only where its strength is above 0."""
        if cast not in (0, self._told):
            self._gpu.write(self._strength, np.array([cast], np.float32))
            self._told = cast
        sizes = (self._tiles, self._tiles, (1, 1))
        for step in range(3 if cast else 2):
            compute_pass.setPipeline(self._pipelines[step])
            compute_pass.setBindGroup(0, self._groups[step])
            compute_pass.dispatchWorkgroups(*sizes[step])

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(*self._textures, self.cast, self._cells, self._strength)
