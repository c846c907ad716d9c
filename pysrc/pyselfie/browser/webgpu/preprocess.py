"""From a frame of any size to the model's input, on the GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pyselfie.browser.webgpu.device import WRITTEN_BUFFER, Stage
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from pyselfie.browser.js_types import GpuBuffer
    from pyselfie.browser.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Kind, Picture, PictureBinder

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
    refined : RefinedBuffers or None
        None: the model gives the mask alone.
    """

    size: Size
    tensor: GpuBuffer
    mask: GpuBuffer
    refined: RefinedBuffers | None = None

    @classmethod
    def of(cls, runtime: OrtGpuRuntime) -> ModelBuffers:
        """Return those of a runtime's model."""
        spec = runtime.spec
        refined = None
        if spec.edges == "refined":
            refined = RefinedBuffers(*(runtime.buffer(name) for name in RefinedBuffers._fields))
        return cls(Size(spec.width, spec.height), runtime.input, runtime.output, refined)


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
        cls, gpu: Gpu, binder: PictureBinder, model: ModelBuffers, convention: Convention = "half_pixel"
    ) -> Preprocess:
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
        layout = gpu.layout(Stage.COMPUTE, WRITTEN_BUFFER)
        pipelines = {
            kind: await gpu.compute_pipeline(
                f"picture_{kind}", "preprocess", layouts=(layout, pictures), constants=constants
            )
            for kind, pictures in binder.layouts.items()
        }
        return cls(pipelines, gpu.bind(layout, {"buffer": model.tensor}), model.size)

    def encode(self, compute_pass: Any, picture: Picture) -> None:
        """Record the work on `picture`."""
        compute_pass.setPipeline(self._pipelines[picture.kind])
        compute_pass.setBindGroup(0, self._group)
        compute_pass.setBindGroup(1, picture.group)
        compute_pass.dispatchWorkgroups(*self._tiles)
