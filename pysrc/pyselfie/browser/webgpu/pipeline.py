"""A frame's way on the GPU: texture -> segmenter -> overlay -> composite; nothing of the frame is read back.

But for a user's overlay, which is made in Python: that gets the model's small picture and the mask.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from js import navigator

from pyselfie.browser.framed_view import FramedView
from pyselfie.browser.pipeline import Pipeline
from pyselfie.browser.webgpu.compositor import Compositor
from pyselfie.browser.webgpu.device import Gpu
from pyselfie.browser.webgpu.painter import GpuPainter
from pyselfie.browser.webgpu.picture import FrameInHand, PictureBinder
from pyselfie.browser.webgpu.segmenter import GpuSegmenter
from pyselfie.core.classes import CameraMaskError
from pyselfie.core.effects import draws_for
from pyselfie.core.geometry import Size
from pyselfie.core.trace import NO_OVERLAY, Step, camera_steps, model_steps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.js_types import Bitmap, Frame, OffscreenCanvas
    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.models.ort_web import OrtWebRuntime
    from pyselfie.browser.pipeline import ReadMask
    from pyselfie.browser.pixels import PixelReader
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock
    from pyselfie.core.trace import Steps

MOST_IN_FLIGHT = 2
"""Frames that the GPU may work on at a time; one more would only be older when it is seen."""

_Read = TypeVar("_Read")
_ONCE_MORE = "Painted alone for this trace: else it is mixed pixel by pixel, and has the frame's size."


class GpuPipeline(Pipeline):
    """The `Pipeline` whose frames and masks stay on the GPU. Make it with `create`."""

    painter: Literal["webgpu"] = "webgpu"

    def __init__(self, gpu: Gpu, binder: PictureBinder, compositor: Compositor, clock: StageClock) -> None:
        self.on_composite: Callable[[], None] | None = None
        self.is_traced = False  # what there is to see is in buffers in any case
        self.is_photo = False
        self.framing = FramedView()
        self._gpu = gpu
        self._compositor = compositor
        self._clock = clock
        self._binder = binder
        self._frame = FrameInHand(gpu, binder)
        self._segmenter: GpuSegmenter | None = None
        self._painter = GpuPainter(gpu, binder, compositor)
        self._user = self._painter.user
        self._has_mask = False
        self._mask_size = Size(0, 0)  # of the frame that it was made of
        self._resets = 0
        self._segmenting = asyncio.Lock()  # while the buffers are not all of one frame
        self._is_warm = False
        self._in_flight: deque[Awaitable[Any]] = deque()

    @classmethod
    async def create(
        cls, canvas: OffscreenCanvas, device: Any, clock: StageClock, on_fault: Callable[[str], None]
    ) -> GpuPipeline:
        """Compile for `canvas` on `device`.

        Parameters
        ----------
        on_fault : callable
            Called with a sentence at the first GPU error that no call of ours raises.

        Raises
        ------
        JsException
            If a shader does not compile or the canvas has another kind of context.
        """
        gpu = Gpu(device, on_fault)
        try:
            binder = PictureBinder(gpu)
            compositor = await Compositor.create(gpu, binder, canvas, navigator.gpu.getPreferredCanvasFormat())
        except BaseException:
            gpu.close()
            raise
        return cls(gpu, binder, compositor, clock)

    @property
    def size(self) -> Size:
        return self._frame.size

    @property
    def way_in(self) -> str:
        return self._frame.way

    @property
    def has_frame(self) -> bool:
        return self._frame.picture is not None

    @property
    def has_mask(self) -> bool:
        return self._has_mask

    @property
    def has_camera_mask(self) -> bool:
        return self._has_mask and self._painter.by_camera

    @property
    def custom_effect(self) -> CustomEffectCanvas | None:
        return self._user.effect

    @custom_effect.setter
    def custom_effect(self, effect: CustomEffectCanvas | None) -> None:
        self._user.effect = effect

    def needs_mask(self, options: Options) -> bool:
        return self._user.is_on or super().needs_mask(options)

    def lacks_mask(self, options: Options) -> bool:
        return (self.has_frame and self._user.lacks_sample) or super().lacks_mask(options)

    def has_picture(self, options: Options) -> bool:
        return super().has_picture(options) and not self._user.is_bare

    def fits(self, runtime: OrtWebRuntime | OrtGpuRuntime) -> bool:
        """Whether the model's input and output are on this pipeline's device."""
        return runtime.device is not None and bool(runtime.device == self._gpu.device)

    async def use(self, runtime: OrtGpuRuntime) -> None:
        segmenter = await GpuSegmenter.create(self._gpu, self._binder, runtime, self._clock.lap)
        with ExitStack() as made:
            made.callback(segmenter.free)
            layers = await self._painter.layers_for(segmenter.model)
            made.pop_all()
        self._release_model()
        self._painter.use(layers)
        self._segmenter = segmenter
        self._is_warm = False

    def _release_model(self) -> None:
        self._has_mask = False
        self._painter.release_model()
        if self._segmenter is not None:
            self._segmenter.close()
        self._segmenter = None

    async def process(
        self, frame: Frame, options: Callable[[], Options], *, fresh_mask: bool = True, mask: ReadMask | None = None
    ) -> bool:
        self._clock.begin()
        resets = self._resets
        await self._frame.take(frame)
        self._user.forget()
        if resets != self._resets:  # meanwhile: a frame of the old source, whose mask the new one must not get
            self._frame.clear()
            return False
        self._clock.lap("capture")
        if not self.needs_mask(options()):
            self._has_mask = False  # what there is belongs to another frame
            return await self._finish(options())
        if mask is not None and await self._take(mask, options):
            return await self._finish_fresh(options)
        if fresh_mask or not self._has_mask or self._painter.by_camera or self._mask_size != self._frame.size:
            return await self._segment(options)
        return await self._follow(options)

    async def _take(self, read: ReadMask, options: Callable[[], Options]) -> bool:
        """Take the mask that has come with the frame in hand; returns whether it is there, and is enough."""
        picture, segmenter, custom = self._frame.picture, self._segmenter, self._user.effect
        if picture is None or segmenter is None:
            return False
        if segmenter.class_names and custom is not None and custom.live.takes_classes:
            return False
        mask = read(segmenter.model.size)
        if mask is None:
            return False
        async with self._segmenting:
            await self._painter.prepare_camera(segmenter.model)
            if self._frame.picture is picture:  # else reset meanwhile
                segmenter.take_mask(picture, mask)
                self._painter.by_camera = True
                await self._see(segmenter, options())
        return True

    async def _follow(self, options: Callable[[], Options]) -> bool:
        if self._frame.picture is None or self._segmenter is None:
            return False
        async with self._segmenting:
            self._segmenter.look(self._frame.picture)
            await self._see(self._segmenter, options())
        return await self._finish(options())

    async def refresh(self, options: Callable[[], Options]) -> bool:
        self._clock.begin()
        return await (self._segment(options) if self.needs_mask(options()) else self._finish(options()))

    def repaint(self, options: Options) -> bool:
        is_running = self._segmenting.locked()  # it paints in the end, by the options of then
        if is_running or not super().has_picture(options):
            return False
        self._paint(options)
        return True

    async def _segment(self, options: Callable[[], Options]) -> bool:
        if self._frame.picture is None or self._segmenter is None:
            return False
        async with self._segmenting:
            picture, size, smoothing = self._frame.picture, self._frame.size, options().smoothing
            await self._segmenter.segment(picture, size, smoothing, is_photo=self.is_photo)
            self._painter.by_camera = False
            await self._see(self._segmenter, options())
        return await self._finish_fresh(options)

    async def _finish_fresh(self, options: Callable[[], Options]) -> bool:
        """Paint the frame whose mask is new."""
        if self._frame.picture is None:  # reset meanwhile: that frame is over
            self._user.forget()
            return False
        self._has_mask, self._mask_size = True, self._frame.size
        return await self._finish(options(), is_fresh=True)

    async def _see(self, segmenter: GpuSegmenter, options: Options) -> None:
        """Read what the user's overlay is made from, if there is one, and the mask if the person is to be followed."""
        has_read, is_photo, resets = False, self.is_photo, self._resets
        if self._frame.picture is not None and await self._user.see(segmenter):
            has_read = True
        if self._frame.picture is not None and self.framing.wants_mask(options, self._frame.size, photo=is_photo):
            mask, has_read = await segmenter.read_mask(), True
            if resets == self._resets:
                self.framing.see(mask, self._frame.size, photo=is_photo)
        if has_read:
            self._clock.lap("postprocess")

    async def _finish(self, options: Options, *, is_fresh: bool = False) -> bool:
        if self._frame.picture is None or not self._painter.is_ready:
            return False
        self.framing.advance(options)
        self._paint(options, is_fresh=is_fresh)
        self._clock.lap("paint")
        await self._pace()
        self._clock.end()
        return True

    def _paint(self, options: Options, *, is_fresh: bool = False) -> None:
        self._user.make(self._frame.size, mirror=options.mirror, has_other=self.has_overlay(options))
        self._draw(options, is_fresh=is_fresh)
        if self.on_composite is not None and not self._user.is_bare:
            self.on_composite()

    def _draw(self, options: Options, *, is_fresh: bool = False) -> None:
        """Draw the frame in hand; `is_fresh` if it has just been segmented, whatever is painted of it."""
        frame = self._frame.picture
        assert frame is not None  # noqa: S101 - checked by the callers
        self._painter.draw(frame, self._frame.size, options, self.framing.of(options), is_fresh=is_fresh)

    async def _pace(self) -> None:
        """Wait until the GPU has room for one frame more, so that the next one taken is the newest.

        The first frame is waited for, as drivers compile shaders when they first run: whoever shows a new canvas at its
        first frame shall find a picture on it.
        """
        self._in_flight.append(self._gpu.queue.onSubmittedWorkDone())
        room = MOST_IN_FLIGHT - 1 if self._is_warm else 0
        self._is_warm = True
        while len(self._in_flight) > room:
            await self._in_flight.popleft()

    async def read_mask(self) -> NDArray[np.float32] | None:
        async with self._segmenting:
            if self._segmenter is None or not self._has_mask:
                return None
            reading = self._segmenter.read_mask()
        return await reading

    async def read_classes(self) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
        async with self._segmenting:
            if self._segmenter is None or not self._has_mask:
                return None
            if self._painter.by_camera:
                raise CameraMaskError
            names, reading = self._segmenter.class_names, self._segmenter.read_classes()
        return names, await reading

    async def trace(self, options: Options, reader: PixelReader) -> Steps | None:
        has_overlay = self.has_overlay(options) and any(draw.layer == "overlay" for draw in draws_for(options))
        if has_overlay:
            await self._compositor.prepare_overlay(options)
        async with self._segmenting:  # all in one task: a WebGPU canvas can be read in the task that painted it only
            frame, size, segmenter = self._frame.frame, self._frame.size, self._segmenter
            if frame is None or segmenter is None or not self.has_picture(options):
                return None
            overlay = Step(None, NO_OVERLAY)
            if self._user.pixels is not None:
                overlay = Step(self._user.pixels.copy(), stage="paint")
            elif has_overlay:
                self._painter.draw_overlay(size, options)
                seen = reader.read(self._compositor.canvas, size)
                overlay = Step(seen[:, :: -1 if options.mirror else 1], _ONCE_MORE, "paint")
            self._draw(options)
            composite, pixels = reader.read(self._compositor.canvas, size), reader.read(frame, size)
            reading = self._read_model(segmenter) if self._has_mask else None
            reader.count += self._has_mask
        steps = model_steps(None) if reading is None else await reading
        return steps | {"frame": Step(pixels[..., :3]), "overlay": overlay, "composite": Step(composite)}

    def _read_model(self, segmenter: GpuSegmenter) -> Awaitable[Steps]:
        """Return (awaitable) the steps to the mask that there is; what is read is of now."""
        if self._painter.by_camera:
            return _as_steps(segmenter.read_mask(), camera_steps)
        return _as_steps(segmenter.trace(), model_steps)

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        self._compositor.set_backdrop(backdrop)

    def snapshot(self, options: Options) -> Awaitable[Any]:
        return self._snapshot_after_run(options) if self._segmenting.locked() else self._snapshot(options)

    def _snapshot(self, options: Options) -> Awaitable[Any]:
        self._draw(options)  # a WebGPU canvas can be read in the task that painted it only
        return self._compositor.to_blob()

    async def _snapshot_after_run(self, options: Options) -> Any:
        async with self._segmenting:
            picture = self._snapshot(options) if self.has_picture(options) else None
        return None if picture is None else await picture

    def hand_over(self) -> tuple[Frame | None, Bitmap | None]:
        return self._frame.hand_over(), self._compositor.hand_over_backdrop()

    def cut(self) -> None:
        self._has_mask = False  # it belongs to the other film
        self.framing.cut()
        self._user.reset()
        if self._segmenter is not None:
            self._segmenter.cut()

    def reset(self) -> None:
        self._resets += 1
        self._frame.clear()
        self._has_mask = False
        self.framing.reset()
        self._user.reset()
        if self._segmenter is not None:
            self._segmenter.reset()
        self._compositor.clear()

    def close(self) -> None:
        self._frame.clear()
        self._compositor.set_backdrop(None)
        self._release_model()
        self._gpu.close()


async def _as_steps(reading: Awaitable[_Read], steps: Callable[[_Read], Steps]) -> Steps:
    return steps(await reading)
