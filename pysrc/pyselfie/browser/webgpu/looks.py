"""Which part of a film's frames the model is shown: `pyselfie.core.close_up` on the GPU, as nothing is read back.

Python can't know whether somebody is small. So the glances of `pyselfie.runtimes.looks` come in any case, with one
frame of a film in `GLANCE_EVERY`, and whatever they are for, and whether their mask is the frame's, is decided by
shaders. Only of a photo, which nobody has to keep up with, Python asks the GPU first.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.device import READ_BUFFER, UNIFORM, WRITTEN_BUFFER, Stage
from pyselfie.browser.webgpu.preprocess import Preprocess, first_look
from pyselfie.browser.webgpu.readback import read_floats
from pyselfie.core import close_up, zoom
from pyselfie.core.close_up import GLANCE_EVERY
from pyselfie.core.manifest import CLASSES

if TYPE_CHECKING:
    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder
    from pyselfie.browser.webgpu.preprocess import ModelBuffers
    from pyselfie.core.geometry import Size

RAW = "raw"
_STEPS = ("look_next", "look_aside", "look_judge")
_RULES = {
    "SMALL": zoom.SMALL,
    "MARGIN": zoom.MARGIN,
    "LEAST": zoom.LEAST,
    "GUESS_FROM": zoom.GUESS_FROM,
    "SURE": zoom.SURE,
    "LEAVE": close_up.LEAVE,
    "NEAR": close_up.NEAR,
    "LOOSE": close_up.LOOSE,
    "LARGEST": close_up.LARGEST,
    "RESTLESS": close_up.RESTLESS,
    "GROWTH": close_up.GROWTH,
    "PERSON_FROM": close_up.PERSON_FROM,
    "PAUSE": 2 * GLANCE_EVERY,
}
_TRIED_WIDTH = 26  # where in a Look is the width of `tried`
_ADOPTING = 256  # numbers for each workgroup


class GpuLooks:
    """What `pyselfie.runtimes.looks.Looks` is, on GPU buffers. Make it with `create`.

    Attributes
    ----------
    is_due : bool
        Whether the frame that has begun gets a glance.
    """

    def __init__(self, gpu: Gpu, model: ModelBuffers, preprocess: Preprocess) -> None:
        self.is_due = False
        self._gpu = gpu
        self._look = model.look
        self._preprocess = preprocess
        self._now = gpu.uniform(16)
        self._told: tuple[Size, float] | None = None  # what is in it
        self._count = 0  # frames of this film
        self._steps: dict[str, tuple[Any, Any]] = {}
        self._adopt: Any = None
        self._adopted: list[tuple[Any, int]] = []  # by buffer: the bind group, and how many workgroups

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, runtime: OrtGpuRuntime, model: ModelBuffers) -> GpuLooks:
        """Compile for `model`, which is `runtime`'s and refined.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        spec = runtime.spec
        aside = runtime.aside(spec.input.name)
        looks = cls(gpu, model, await Preprocess.create(gpu, binder, model, aside=aside))
        with ExitStack() as made:  # a shader that does not compile leaves nothing behind
            made.callback(looks.close)
            await looks._compile(runtime, model)
            made.pop_all()
        return looks

    async def _compile(self, runtime: OrtGpuRuntime, model: ModelBuffers) -> None:
        gpu, spec = self._gpu, runtime.spec
        layout = gpu.layout(Stage.COMPUTE, UNIFORM, WRITTEN_BUFFER, WRITTEN_BUFFER, *[READ_BUFFER] * 3)
        buffers = (runtime.setting("smoothing"), model.mask, runtime.buffer(RAW), runtime.aside(RAW))
        group = gpu.bind(layout, *({"buffer": one} for one in (self._now, model.look, *buffers)))
        known = {"WIDTH": model.size.width, "HEIGHT": model.size.height, **_RULES}
        for step in _STEPS:
            pipeline = await gpu.compute_pipeline("look", "look_rules", step, layouts=(layout,), constants=known)
            self._steps[step] = pipeline, group
        self._adopt = await gpu.compute_pipeline("look", "look_adopt")
        names = [spec.output.name, "coefficients", "still", "person", "outside", *([CLASSES] if spec.classes else [])]
        pairs = [(runtime.aside(spec.input.name), model.tensor)]
        pairs += [(runtime.aside(name), runtime.buffer(name)) for name in names]
        layout = self._adopt.getBindGroupLayout(0)
        for pair in pairs:
            group = gpu.bind(layout, *({"buffer": one} for one in (model.look, *pair)))
            self._adopted.append((group, -(-pair[0].size // 4 // _ADOPTING)))

    def begin(self, size: Size, smoothing: float, *, is_first: bool, is_photo: bool) -> None:
        """Take the next frame's size, how much the mask before may count, and whether it begins another film.

        A photo's first look is its last one: it gets the glance at once. A film's first frame is waited for, and the
        second one comes soon.
        """
        if is_first:
            self._count = 0
            self._gpu.write(self._look, first_look())
        self.is_due = self._count % GLANCE_EVERY == (0 if is_photo else 1)
        self._count += 1
        if self._told != (size, smoothing):
            self._told = size, smoothing
            self._gpu.write(self._now, np.array([*size, smoothing, 0], np.float32))

    def encode_next(self, compute_pass: Any) -> None:
        """Record which part of the frame the model is shown, before it is sampled."""
        self._encode(compute_pass, "look_next")

    def encode_aside(self, compute_pass: Any) -> None:
        """Record what else is looked at."""
        self._encode(compute_pass, "look_aside")

    async def finds_somebody(self) -> bool:
        """Ask the GPU whether what else is looked at shows somebody small; it has to be recorded and submitted."""
        [look] = await read_floats(self._gpu, self._look)
        return bool(look[_TRIED_WIDTH] > 0)

    def encode_glance(self, compute_pass: Any, picture: Picture) -> None:
        """Record what else of `picture` is looked at, and its sample."""
        self.encode_aside(compute_pass)
        self._preprocess.encode(compute_pass, picture)

    def encode_verdict(self, compute_pass: Any) -> None:
        """Record what follows from the glance."""
        self._encode(compute_pass, "look_judge")
        compute_pass.setPipeline(self._adopt)
        for group, count in self._adopted:
            compute_pass.setBindGroup(0, group)
            compute_pass.dispatchWorkgroups(count)

    def _encode(self, compute_pass: Any, step: str) -> None:
        pipeline, group = self._steps[step]
        compute_pass.setPipeline(pipeline)
        compute_pass.setBindGroup(0, group)
        compute_pass.dispatchWorkgroups(1)

    def close(self) -> None:
        """Free what was made."""
        self._gpu.free(self._now)
