"""From a frame of any size to the model's input, on the GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from pyselfie.browser.webgpu.device import UNIFORM, WRITTEN_BUFFER, BufferUsage, Stage
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import GpuBuffer
    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Kind, Picture, PictureBinder

LOOK_BYTES = 144

TILE = 8  # pixels along each side of a workgroup, as in the shaders

Convention = Literal["half_pixel", "corner_warp"]


class RefinedBuffers(NamedTuple):
    """What a refined model writes besides the mask; float32, where the mask is [h, w].

    Attributes
    ----------
    coefficients : GPUBuffer
        [4, h/4, w/4]: alpha as a linear function of red, green and blue.
    still : GPUBuffer
        [h/2, w/2], 0..1: the weight of the last alpha.
    person, outside : GPUBuffer
        [3, h/4, w/4], 0..1: mean colours of person and background.
    """

    coefficients: GpuBuffer
    still: GpuBuffer
    person: GpuBuffer
    outside: GpuBuffer


class ModelBuffers(NamedTuple):
    """What a model reads and writes.

    Attributes
    ----------
    size : Size
        The model's width and height.
    tensor : GPUBuffer
        float32 [1, H, W, 3], RGB in 0..1.
    mask : GPUBuffer
        float32 [H, W] in 0..1.
    look : GPUBuffer
        What they are of, as in ``look.wgsl``.
    sample : GPUBuffer
        As `tensor`, of all of the picture; to be read where the model is shown a part of it.
    refined : RefinedBuffers or None
        None: the model gives the mask alone.
    """

    size: Size
    tensor: GpuBuffer
    mask: GpuBuffer
    look: GpuBuffer
    sample: GpuBuffer
    refined: RefinedBuffers | None = None

    @classmethod
    def of(cls, gpu: Gpu, runtime: OrtGpuRuntime) -> ModelBuffers:
        """Return those of a runtime's model; `look` and `sample` are made, and the caller's."""
        spec = runtime.spec
        refined = None
        if spec.edges == "refined":
            refined = RefinedBuffers(*(runtime.buffer(name) for name in RefinedBuffers._fields))
        readable = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC
        look = gpu.buffer(LOOK_BYTES, readable | BufferUsage.UNIFORM)
        gpu.write(look, first_look())
        sample = gpu.storage(spec.width * spec.height * 12)
        return cls(Size(spec.width, spec.height), runtime.input, runtime.output, look, sample, refined)


def first_look() -> NDArray[np.float32]:
    """Return what ``look.wgsl`` calls a Look, before a film's first frame: all of the picture, and no mask yet."""
    look = np.zeros(LOOK_BYTES // 4, np.float32)
    look.reshape(-1, 4)[:3] = 0, 0, 1, 1
    return look


def tiles(size: Size) -> tuple[int, int]:
    """Return how many workgroups cover `size` along x and y."""
    return -(-size.width // TILE), -(-size.height // TILE)


class Preprocess:
    """Stretches a picture to the model's size: float32 [1, H, W, 3], RGB in 0..1.

    Make it with `create`.
    """

    def __init__(self, pipelines: dict[Kind, Any], group: Any, size: Size) -> None:
        self._pipelines = pipelines
        self._group = group
        self._tiles = tiles(size)

    @classmethod
    async def create(
        cls,
        gpu: Gpu,
        binder: PictureBinder,
        model: ModelBuffers,
        convention: Convention = "half_pixel",
        aside: GpuBuffer | None = None,
    ) -> Preprocess:
        """Compile for `model`.

        Parameters
        ----------
        aside : GPUBuffer, optional
            Where to put what is looked at besides, as `model.tensor`; that is left alone then.
        convention : str
            ``"half_pixel"`` (bilinear, as MediaPipe's JavaScript) or ``"corner_warp"`` (as MediaPipe's Python; see
            `pyselfie.core.sampling`).

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        width, height = model.size
        constants = {"WIDTH": width, "HEIGHT": height, "CORNER_WARP": int(convention == "corner_warp")}
        constants["ASIDE"] = int(aside is not None)
        layout = gpu.layout(Stage.COMPUTE, UNIFORM, WRITTEN_BUFFER, WRITTEN_BUFFER)
        pipelines = {
            kind: await gpu.compute_pipeline(
                "look", f"picture_{kind}", "preprocess", layouts=(layout, pictures), constants=constants
            )
            for kind, pictures in binder.layouts.items()
        }
        buffers = (model.look, model.tensor if aside is None else aside, model.sample)
        return cls(pipelines, gpu.bind(layout, *({"buffer": one} for one in buffers)), model.size)

    def encode(self, compute_pass: Any, picture: Picture) -> None:
        """Record the work on `picture`."""
        compute_pass.setPipeline(self._pipelines[picture.kind])
        compute_pass.setBindGroup(0, self._group)
        compute_pass.setBindGroup(1, picture.group)
        compute_pass.dispatchWorkgroups(*self._tiles)
