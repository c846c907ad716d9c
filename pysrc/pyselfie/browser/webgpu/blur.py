"""The blurred background on the GPU: the matrices of `pyselfie.core.blur_matrices`, multiplied there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.device import TextureUsage
from pyselfie.browser.webgpu.preprocess import tiles
from pyselfie.core.blur import COARSE_WEIGHT, MEAN_WEIGHT, PERSON_FROM, blur_sigma
from pyselfie.core.blur_matrices import blur_matrices, reach
from pyselfie.core.effects import NEUTRAL_GREY
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.preprocess import ModelBuffers

_STEPS = ("blur_gather", "blur_across", "blur_down", "blur_spread")
_BEFORE = {"blur_gather": ("look",)}
_VEC2, _VEC4 = 8, 16  # bytes


class BackgroundBlur:
    """Four steps from the model's input and the mask to colours of the mask's size. Make it with `create`.

    Attributes
    ----------
    view : GPUTextureView
        Where they are.
    """

    def __init__(self, gpu: Gpu, pipelines: dict[str, Any], model: ModelBuffers) -> None:
        self._gpu = gpu
        self._size = model.size
        self._pipelines = pipelines
        self._width = (0.0, 0.0)
        width, height = model.size
        self._grid = gpu.uniform(24)
        self._across = gpu.storage(width * width * _VEC2)
        self._down = gpu.storage(height * height * _VEC2)
        self._planes = gpu.storage(width * height * _VEC4)
        self._sums = gpu.storage((width + 1) * height * 2 * _VEC4)
        self._blurred = gpu.storage((width * height + 1) * _VEC4)
        usage = TextureUsage.STORAGE_BINDING | TextureUsage.TEXTURE_BINDING
        self._texture = gpu.texture(model.size, "rgba16float", usage)
        self.view = self._texture.createView()
        self._groups = self._bind(model)
        self._tiles: dict[str, tuple[int, int]] = {}

    @classmethod
    async def create(cls, gpu: Gpu, model: ModelBuffers) -> BackgroundBlur:
        """Compile for `model`.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        weights = {"COARSE_WEIGHT": float(COARSE_WEIGHT)}
        gaps = {"GAP_WEIGHT": float(COARSE_WEIGHT * MEAN_WEIGHT), "NEUTRAL_GREY": NEUTRAL_GREY / 255}
        constants: tuple[dict[str, float], ...] = (
            {"WIDTH": model.size.width, "HEIGHT": model.size.height, "PERSON_FROM": PERSON_FROM},
            {},
            weights,
            gaps,
        )
        pipelines = {
            step: await gpu.compute_pipeline(*_BEFORE.get(step, ()), step, constants=values)
            for step, values in zip(_STEPS, constants, strict=True)
        }
        return cls(gpu, pipelines, model)

    def _bind(self, model: ModelBuffers) -> dict[str, Any]:
        """Return each step's bind group; the order is that of the bindings in its shader."""
        buffers = {
            "blur_gather": (model.tensor, model.mask, self._grid, self._planes, model.sample, model.look),
            "blur_across": (self._grid, self._planes, self._across, self._sums),
            "blur_down": (self._grid, self._sums, self._down, self._blurred),
            "blur_spread": (self._grid, self._blurred),
        }
        resources: dict[str, list[Any]] = {step: [{"buffer": one} for one in buffers[step]] for step in _STEPS}
        resources["blur_spread"].append(self.view)
        return {step: self._gpu.bind(self._pipelines[step].getBindGroupLayout(0), *resources[step]) for step in _STEPS}

    def encode(self, compute_pass: Any, strength: float, frame_size: Size) -> None:
        """Record all steps."""
        sigma = blur_sigma(strength, frame_size, self._size)
        if sigma != self._width:
            self._load(sigma)
        for step in _STEPS:
            compute_pass.setPipeline(self._pipelines[step])
            compute_pass.setBindGroup(0, self._groups[step])
            compute_pass.dispatchWorkgroups(*self._tiles[step])

    def _load(self, sigma: tuple[float, float]) -> None:
        """Write another width's matrices."""
        factor, across, down = blur_matrices(sigma, self._size)
        grid = Size(across.shape[0], down.shape[0])
        numbers = [*grid, reach(across), reach(down), factor, 0]
        self._gpu.write(self._grid, np.array(numbers, np.uint32))
        self._gpu.write(self._across, across.ravel())
        self._gpu.write(self._down, down.ravel())
        with_mean = Size(grid.width + 1, grid.height)
        self._tiles = {
            "blur_gather": tiles(grid),
            "blur_across": tiles(with_mean),
            "blur_down": tiles(with_mean),
            "blur_spread": tiles(self._size),
        }
        self._width = sigma

    def close(self) -> None:
        """Free what was made."""
        buffers = (self._grid, self._across, self._down, self._planes, self._sums, self._blurred)
        self._gpu.free(self._texture, *buffers)
