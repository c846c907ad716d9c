"""From a frame of any size to the model's input, on the GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pyselfie.browser.webgpu.picture import KINDS, Binding

if TYPE_CHECKING:
    from pyselfie.browser.js_types import GpuBuffer
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Kind, Picture
    from pyselfie.core.geometry import Size

TILE = 8  # pixels along each side of a workgroup, as in the shaders

Convention = Literal["half_pixel", "corner_warp"]


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
    """

    size: Size
    tensor: GpuBuffer
    mask: GpuBuffer


def tiles(size: Size) -> tuple[int, int]:
    """Return how many workgroups cover `size` along x and y."""
    return -(-size.width // TILE), -(-size.height // TILE)


class Preprocess:
    """Stretches a picture to the model's size: float32 [1, H, W, 3], RGB in 0..1.

    Make it with `create`.
    """

    def __init__(self, gpu: Gpu, pipelines: dict[Kind, Any], model: ModelBuffers) -> None:
        buffer = {"buffer": model.tensor}
        self._pipelines = pipelines
        layouts = {kind: pipeline.getBindGroupLayout(0) for kind, pipeline in pipelines.items()}
        self._binding = Binding(lambda picture: gpu.bind(layouts[picture.kind], picture.resource, None, buffer))
        self._tiles = tiles(model.size)

    @classmethod
    async def create(cls, gpu: Gpu, model: ModelBuffers, convention: Convention = "half_pixel") -> Preprocess:
        """Compile for `model`.

        Parameters
        ----------
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
        pipelines = {kind: await gpu.compute_pipeline(f"picture_{kind}", "preprocess", **constants) for kind in KINDS}
        return cls(gpu, pipelines, model)

    def encode(self, compute_pass: Any, picture: Picture) -> None:
        """Record the work on `picture`."""
        compute_pass.setPipeline(self._pipelines[picture.kind])
        compute_pass.setBindGroup(0, self._binding.of(picture))
        compute_pass.dispatchWorkgroups(*self._tiles)
