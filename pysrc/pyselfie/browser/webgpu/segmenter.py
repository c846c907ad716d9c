"""From a picture on the GPU to its mask, which stays there."""

from __future__ import annotations

import math
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.browser.webgpu.looks import GpuLooks
from pyselfie.browser.webgpu.preprocess import ModelBuffers, Preprocess, first_look
from pyselfie.browser.webgpu.readback import read_floats
from pyselfie.core.classes import NoClassesError
from pyselfie.core.geometry import Rect, Size
from pyselfie.core.manifest import CLASSES, RAW
from pyselfie.core.trace import ModelArrays
from pyselfie.core.zoom import place, placed_classes
from pyselfie.runtimes.film import Film

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from numpy.typing import NDArray

    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import Picture, PictureBinder

    _Reading = Awaitable[tuple[NDArray[np.float32], Rect, Rect]]

_ALL = Rect(0, 0, 1, 1)
_TAKES = 33  # its place in what ``look.wgsl`` calls a Look


class Seen(NamedTuple):
    """What an overlay is made from, of all of a picture.

    Attributes
    ----------
    sample
        uint8 [h, w, 4], RGBA.
    mask
        float32 [h, w] in 0..1.
    classes
        float32 [C, h, w], if they were asked for and there are any.
    """

    sample: NDArray[np.uint8]
    mask: NDArray[np.float32]
    classes: NDArray[np.float32] | None


class _Parts(NamedTuple):
    preprocess: Preprocess
    looks: GpuLooks | None  # None: raw edges, which are what the network says of the whole frame, no more


class GpuSegmenter:
    """What `canvas.segmenter.Segmenter` is, on GPU buffers. Make it with `create`.

    Attributes
    ----------
    model : ModelBuffers
        Where the sampled picture and the mask are.
    """

    def __init__(
        self, gpu: Gpu, runtime: OrtGpuRuntime, model: ModelBuffers, parts: _Parts, lap: Callable[[str], None]
    ) -> None:
        self.model = model
        self._gpu = gpu
        self._runtime = runtime
        self._film = Film(runtime)
        self._preprocess, self._looks = parts
        self._cuts = 0
        self._lap = lap

    @classmethod
    async def create(
        cls, gpu: Gpu, binder: PictureBinder, runtime: OrtGpuRuntime, lap: Callable[[str], None]
    ) -> GpuSegmenter:
        """Compile for `runtime`, which is owned from here on.

        Raises
        ------
        JsException
            If a shader does not compile; the runtime is the caller's then.
        """
        model = ModelBuffers.of(gpu, runtime)
        with ExitStack() as made:  # a shader that does not compile leaves nothing behind
            made.callback(gpu.free, model.look, model.sample)
            preprocess = await Preprocess.create(gpu, binder, model)
            looks = None if model.refined is None else await GpuLooks.create(gpu, binder, runtime, model)
            made.pop_all()
        return cls(gpu, runtime, model, _Parts(preprocess, looks), lap)

    def look(self, picture: Picture) -> None:
        """Sample `picture` without segmenting it."""
        with self._compute() as compute_pass:
            self._preprocess.encode(compute_pass, picture)
        self._lap("preprocess")

    def take_mask(self, picture: Picture, mask: NDArray[np.float32]) -> None:
        """Sample `picture` and put its `mask`, float32 [h, w] in 0..1, where the model's would be.

        The model sees the next one without knowing of those before.
        """
        self.cut()
        self._gpu.write(self.model.look, first_look())
        self._gpu.write(self.model.mask, mask.ravel())
        self.look(picture)

    @contextmanager
    def _compute(self) -> Iterator[Any]:
        """Give a compute pass, which is submitted in the end."""
        encoder = self._gpu.device.createCommandEncoder()
        compute_pass = encoder.beginComputePass()
        yield compute_pass
        compute_pass.end()
        self._gpu.submit(encoder)

    async def segment(self, picture: Picture, size: Size, smoothing: float, *, is_photo: bool) -> None:
        """Hand the work to the GPU; what is submitted afterwards sees the mask in its buffer.

        The mask before may count by `smoothing`, 0..0.95, if the picture, of `size`, is the next one of the same film.
        """
        cuts, looks = self._cuts, self._looks
        is_first = self._film.begin_frame(size, smoothing)
        with self._compute() as compute_pass:
            if looks is not None:
                looks.begin(size, smoothing, is_first=is_first, is_photo=is_photo)
                looks.encode_next(compute_pass)
            self._preprocess.encode(compute_pass, picture)
        self._lap("preprocess")
        await self._runtime.run()
        wants_glance = looks is not None and looks.is_due
        if is_photo and looks is not None and wants_glance:  # it has the time to ask
            with self._compute() as compute_pass:
                looks.encode_aside(compute_pass)
            wants_glance = await looks.finds_somebody()
        if looks is not None and wants_glance and cuts == self._cuts:  # else the picture may be closed already
            await self._glance(looks, picture)
        self._lap("infer")

    async def _glance(self, looks: GpuLooks, picture: Picture) -> None:
        """Look at something else of the same picture, too; its mask may be the better one."""
        with self._compute() as compute_pass:
            looks.encode_glance(compute_pass, picture)
        await self._runtime.glance()
        with self._compute() as compute_pass:
            looks.encode_verdict(compute_pass)

    def read_mask(self) -> Awaitable[NDArray[np.float32]]:
        """Return (awaitable) the mask of all of the last picture, float32 [h, w] in 0..1; not while it is made."""
        return self._placed_mask(self._read(self.model.mask, 1))

    async def _placed_mask(self, reading: _Reading) -> NDArray[np.float32]:
        planes, part, believed = await reading
        return self._placed(planes[0], part, believed)

    def _placed(self, mask: NDArray[np.float32], part: Rect, believed: Rect) -> NDArray[np.float32]:
        """Return the mask of all of the picture by that of a part of it."""
        if part == _ALL:
            return mask
        width, height = self.model.size
        placed = np.empty((height, width), np.float32)
        place(mask, part, Size(1, 1), placed, believed)
        return placed

    def _read(self, buffer: Any, count: int) -> _Reading:
        """Return (awaitable) `count` planes, what part of the picture they are of, and where in it they count."""
        return self._as_planes(read_floats(self._gpu, buffer, self.model.look), count)

    async def _as_planes(
        self, reading: Awaitable[list[NDArray[np.float32]]], count: int
    ) -> tuple[NDArray[np.float32], Rect, Rect]:
        width, height = self.model.size
        planes, look = await reading
        part, believed = Rect(*look[:4].tolist()), Rect(*look[4:8].tolist())
        return planes[: count * height * width].reshape(count, height, width), part, believed

    def trace(self) -> Awaitable[ModelArrays]:
        """Return (awaitable) what the last picture's mask was made of, by one readback; not while it is made.

        The buffer of what the network says is not that of a glance which has become the frame's: it is left out then.
        """
        refined = [] if self.model.refined is None else [self._runtime.buffer(RAW), self.model.refined.still]
        return self._traced(read_floats(self._gpu, self.model.look, self.model.tensor, self.model.mask, *refined))

    async def _traced(self, reading: Awaitable[list[NDArray[np.float32]]]) -> ModelArrays:
        spec, (width, height) = self._runtime.spec, self.model.size
        look, *read = await reading
        shapes = spec.input_shape[1:], (height, width), (height, width), (height // 2, width // 2)
        picture, mask, *rest = (
            one[: math.prod(shape)].reshape(shape) for one, shape in zip(read, shapes, strict=False)
        )
        if not rest:
            return ModelArrays(picture, mask)
        part, believed = Rect(*look[:4].tolist()), Rect(*look[4:8].tolist())
        raw = None if look.view(np.uint32)[_TAKES] else rest[0]
        placed = self._placed(mask, part, believed)
        return ModelArrays(picture, placed, raw, rest[1], None if part == _ALL else part)

    def cut(self) -> None:
        """Let the next picture be the first of another film."""
        self._cuts += 1
        self._film.cut()

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the model tells apart."""
        return self._runtime.spec.classes

    def read_classes(self) -> Awaitable[NDArray[np.float32]]:
        """Return (awaitable) what the model has told apart in the last picture, float32 [C, h, w]; as `read_mask`.

        Raises
        ------
        NoClassesError
            When it knows the person alone.
        """
        if not self.class_names:
            raise NoClassesError(self._runtime.spec.name)
        return self._placed_classes(self._read(self._runtime.buffer(CLASSES), len(self.class_names)))

    async def _placed_classes(self, reading: _Reading) -> NDArray[np.float32]:
        planes, part, _ = await reading
        return self._placed_planes(planes, part)

    @staticmethod
    def _placed_planes(planes: NDArray[np.float32], part: Rect) -> NDArray[np.float32]:
        return planes if part == _ALL else placed_classes(planes, part, Size(1, 1))

    def read_seen(self, colours: Any, *, with_classes: bool) -> Awaitable[Seen]:
        """Return (awaitable) what an overlay is made from, by one readback; `colours` are what ``seen.wgsl`` writes."""
        more = (self._runtime.buffer(CLASSES),) if with_classes and self.class_names else ()
        return self._as_seen(read_floats(self._gpu, self.model.look, colours, self.model.mask, *more))

    async def _as_seen(self, reading: Awaitable[list[NDArray[np.float32]]]) -> Seen:
        look, colours, mask, *more = await reading
        width, height = self.model.size
        part, believed = Rect(*look[:4].tolist()), Rect(*look[4:8].tolist())
        sample = colours.view(np.uint8).reshape(height, width, 4)
        placed = self._placed(mask[: height * width].reshape(height, width), part, believed)
        classes = [self._placed_planes(one.reshape(-1, height, width), part) for one in more]
        return Seen(sample, placed, classes[0] if classes else None)

    def reset(self) -> None:
        """Forget what the frames so far have left, also of a run under way."""
        self.cut()
        self._runtime.reset()

    def close(self) -> None:
        """Release the model."""
        self.free()
        self._runtime.close()

    def free(self) -> None:
        """Free what was made, but not the model."""
        if self._looks is not None:
            self._looks.close()
        self._gpu.free(self.model.look, self.model.sample)
