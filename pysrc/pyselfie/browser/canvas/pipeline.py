"""A frame's way on Canvas 2D: store -> segmenter -> overlay -> painter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pyselfie.browser.canvas.segmenter import Segmenter
from pyselfie.browser.canvas.shot import Shot
from pyselfie.browser.framed_view import FramedView
from pyselfie.browser.pipeline import Pipeline
from pyselfie.core.classes import CameraMaskError, Classes
from pyselfie.core.effects import EFFECTS, draws_for
from pyselfie.core.geometry import Size
from pyselfie.core.overlay import Scene, fill_overlay
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.trace import NO_OVERLAY, Step, camera_steps, model_steps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.canvas.frames import FrameStore
    from pyselfie.browser.canvas.painter import Canvas2DPainter
    from pyselfie.browser.canvas.sampler import CanvasSampler
    from pyselfie.browser.js_types import Bitmap, Drawable, Frame
    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.models.ort_web import OrtWebRuntime
    from pyselfie.browser.pipeline import ReadMask
    from pyselfie.browser.pixels import PixelReader
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock
    from pyselfie.core.trace import Steps
    from pyselfie.runtimes.base import Runtime


class CanvasPipeline(Pipeline):
    """The `Pipeline` whose frames canvases sample and paint.

    Parameters
    ----------
    store : FrameStore
        Holds the frame in hand.
    make_sampler : callable
        ``make_sampler(width, height)`` returns a `CanvasSampler`; called once per model.
    painter : Canvas2DPainter
        The way out.
    clock : StageClock
        Where the stages' times go.
    """

    painter: Literal["canvas2d"] = "canvas2d"

    def __init__(
        self,
        store: FrameStore,
        make_sampler: Callable[[int, int], CanvasSampler],
        painter: Canvas2DPainter,
        clock: StageClock,
    ) -> None:
        self.on_composite: Callable[[], None] | None = None
        self.is_photo = False
        self.custom_effect: CustomEffectCanvas | None = None
        self.framing = FramedView()
        self._store = store
        self._make_sampler = make_sampler
        self._painter = painter
        self._clock = clock
        self._segmenter: Segmenter | None = None
        self._sample = self._overlay = np.empty((0, 0, 4), np.uint8)
        self._mask: NDArray[np.float32] | None = None
        self._has_camera_mask = False
        self._mask_size = Size(0, 0)  # of the frame that it was made of
        self._edge: NDArray[np.float32] | None = None  # C of `core.edge`, if the model gives it with the mask
        self._resets = 0
        self._is_traced = False

    @property
    def size(self) -> Size:
        return self._store.size

    @property
    def is_traced(self) -> bool:
        return self._is_traced

    @is_traced.setter
    def is_traced(self, on: bool) -> None:
        self._is_traced = on
        if self._segmenter is not None and not on:  # it begins to keep something with the next frame
            self._segmenter.is_traced = False

    @property
    def way_in(self) -> str:
        return self._store.way

    @property
    def is_on_trial(self) -> bool:
        return self._store.is_on_trial

    @property
    def has_frame(self) -> bool:
        return self._store.drawable is not None

    @property
    def has_mask(self) -> bool:
        return self._mask is not None

    @property
    def has_camera_mask(self) -> bool:
        return self._mask is not None and self._has_camera_mask

    def needs_mask(self, options: Options) -> bool:
        return self.custom_effect is not None or super().needs_mask(options)

    def fits(self, runtime: OrtWebRuntime | OrtGpuRuntime) -> bool:
        """Whether the model's input and output are arrays."""
        return runtime.device is None

    async def use(self, runtime: Runtime) -> None:
        sampler = self._make_sampler(runtime.spec.width, runtime.spec.height)
        if self._segmenter is not None:
            self._segmenter.close()
        self._segmenter = Segmenter(runtime, sampler, self._lap)
        self._sample = sampler.pixels
        self._overlay = np.empty_like(sampler.pixels)
        self._mask = None

    def _lap(self, stage: str) -> None:
        self._clock.lap(stage)
        if stage == "preprocess":
            self._store.sampled()

    async def process(
        self, frame: Frame, options: Callable[[], Options], *, fresh_mask: bool = True, mask: ReadMask | None = None
    ) -> bool:
        self._clock.begin()
        resets = self._resets
        await self._store.take(frame)
        if resets != self._resets:  # meanwhile: a frame of the old source, whose mask the new one must not get
            self._store.clear()
            return False
        self._clock.lap("capture")
        if not self.needs_mask(options()):
            self._mask = None  # what there is belongs to another frame
            return self._finish(options())
        if mask is not None and self._take(mask):
            return self._finish_with(options())
        if fresh_mask or self._has_camera_mask or self._mask is None or self._mask_size != self._store.size:
            return await self._segment(options)
        return self._follow(options())

    def _take(self, read: ReadMask) -> bool:
        """Take the mask that has come with the frame in hand; returns whether it is there, and is enough."""
        drawable, segmenter, custom = self._store.drawable, self._segmenter, self.custom_effect
        if drawable is None or segmenter is None:
            return False
        if segmenter.class_names and custom is not None and custom.live.takes_classes:
            return False
        mask = read(segmenter.mask_size)
        if mask is None:
            return False
        segmenter.pass_over(drawable)
        self._mask, self._mask_size, self._edge, self._has_camera_mask = mask, self._store.size, None, True
        return True

    def _follow(self, options: Options) -> bool:
        drawable, segmenter = self._store.drawable, self._segmenter
        if drawable is None or segmenter is None:
            return False
        segmenter.look(drawable)
        return self._finish_with(options)

    async def refresh(self, options: Callable[[], Options]) -> bool:
        self._clock.begin()
        return await self._segment(options) if self.needs_mask(options()) else self._finish(options())

    def repaint(self, options: Options) -> bool:
        if self._store.drawable is None or self.lacks_mask(options):
            return False
        if self._mask is not None and self.custom_effect is None:
            self._make_overlay(self._mask, options)
        self._paint(self._store.drawable, options)
        return True

    async def _segment(self, options: Callable[[], Options]) -> bool:
        drawable, segmenter = self._store.drawable, self._segmenter
        if drawable is None or segmenter is None:
            return False
        segmenter.is_traced = self.is_traced
        mask = await segmenter.segment(drawable, self._store.size, options().smoothing)
        if self._store.drawable is None:  # reset while the model ran: that frame is over
            return False
        self._mask, self._mask_size, self._edge = mask, self._store.size, segmenter.edge_color()
        self._has_camera_mask = False
        return self._finish_with(options())

    def _finish_with(self, options: Options) -> bool:
        mask = self._mask
        if self.custom_effect is None and mask is not None:
            self._make_overlay(mask, options)
        if mask is not None and self.framing.wants_mask(options, self._store.size, photo=self.is_photo):
            self.framing.see(mask, self._store.size, photo=self.is_photo)
        self._clock.lap("postprocess")
        return self._finish(options)

    def _finish(self, options: Options) -> bool:
        if self._store.drawable is None:
            return False
        self.framing.advance(options)
        self._paint(self._store.drawable, options)
        self._clock.lap("paint")
        self._clock.end()
        return True

    def _make_overlay(self, mask: NDArray[np.float32], options: Options) -> None:
        overlay = EFFECTS[options.effect].overlay
        if overlay is not None:
            fill_overlay(overlay, self._scene(mask, options), self._overlay)

    def _scene(self, mask: NDArray[np.float32], options: Options) -> Scene:
        return Scene(self._sample, mask, self._store.size, options, self._edge)

    def _paint(self, drawable: Drawable, options: Options) -> None:
        custom, mask = self.custom_effect, self._mask
        self._painter.view = self.framing.of(options)
        if custom is None or mask is None:
            self._paint_effect(drawable, options)
        elif custom.paint(self._painter, self._shot(drawable, mask, options)):
            self._tell()
        elif self.has_overlay(options):  # else it shows the bare frame, which nobody wants after a fault
            self._make_overlay(mask, options)
            self._paint_effect(drawable, options)

    def _shot(self, drawable: Drawable, mask: NDArray[np.float32], options: Options) -> Shot:
        return Shot(
            frame=drawable,
            read=self._store.read,
            size=self._store.size,
            sample=self._sample,
            mask=mask,
            classes=self._classes,
            mirror=options.mirror,
        )

    def _paint_effect(self, drawable: Drawable, options: Options) -> None:
        draws, mask = draws_for(options), self._mask
        scene = None if mask is None else self._scene(mask, options)
        self._painter.paint(drawable, self._store.size, self._overlay, draws, mirror=options.mirror, scene=scene)
        self._tell()

    def _classes(self) -> Classes | None:
        segmenter = self._segmenter
        if segmenter is None or not segmenter.class_names or self._has_camera_mask:
            return None
        return Classes(segmenter.class_names, segmenter.classes(), self._store.size, resize_half_pixel)

    def _tell(self) -> None:
        if self.on_composite is not None:
            self.on_composite()

    async def read_mask(self) -> NDArray[np.float32] | None:
        return self._mask

    async def read_classes(self) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
        if self._segmenter is None or self._mask is None:
            return None
        if self._has_camera_mask:
            raise CameraMaskError
        return self._segmenter.class_names, self._segmenter.classes()

    async def trace(self, options: Options, reader: PixelReader) -> Steps | None:
        drawable, segmenter, size = self._store.drawable, self._segmenter, self._store.size
        if drawable is None or segmenter is None or self.lacks_mask(options):
            return None
        if self._mask is not None and self._has_camera_mask:
            steps = camera_steps(self._mask)
        else:
            arrays = None if self._mask is None else segmenter.traced(self._mask)
            if self._mask is not None and arrays is None:
                return None
            steps = model_steps(arrays)
        overlay = self._painter.overlay
        stage = None if self.custom_effect is None else "paint"  # the user's overlay is made while painting
        steps["frame"] = Step(reader.read(drawable, size)[..., :3])
        steps["overlay"] = Step(None, NO_OVERLAY) if overlay is None else Step(overlay.copy(), stage=stage)
        steps["composite"] = Step(reader.read(self._painter.canvas, size))
        return steps

    def snapshot(self, options: Options) -> Awaitable[Any]:  # noqa: ARG002 - the canvas keeps what was painted
        return self._painter.snapshot()

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        self._painter.set_backdrop(backdrop)

    def hand_over(self) -> tuple[Bitmap | None, Bitmap | None]:
        return self._store.hand_over(), self._painter.hand_over_backdrop()

    def cut(self) -> None:
        self._mask = None  # it belongs to the other film
        self.framing.cut()
        if self.custom_effect is not None:
            self.custom_effect.reset()
        if self._segmenter is not None:
            self._segmenter.cut()

    def reset(self) -> None:
        self._resets += 1
        self._store.clear()
        self._mask = None
        self.framing.reset()
        if self.custom_effect is not None:
            self.custom_effect.reset()
        if self._segmenter is not None:
            self._segmenter.reset()
        self._painter.clear()

    def close(self) -> None:
        self._store.close()
        self._painter.close()
        if self._segmenter is not None:
            self._segmenter.close()
            self._segmenter = None
