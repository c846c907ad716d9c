"""The way out: one canvas and the pipeline that paints on it, replaced by another when the runtime asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyselfie.browser.camera_mask import CameraMasks
from pyselfie.browser.canvas.frames import FrameStore
from pyselfie.browser.canvas.painter import Canvas2DPainter
from pyselfie.browser.canvas.pipeline import CanvasPipeline
from pyselfie.browser.canvas.sampler import CanvasSampler
from pyselfie.browser.framed_view import FramedView
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.engine.mailbox import Letter
    from pyselfie.browser.js_types import Bitmap, Frame, OffscreenCanvas
    from pyselfie.browser.models.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.models.ort_web import OrtWebRuntime
    from pyselfie.browser.pipeline import Pipeline
    from pyselfie.browser.pixels import PixelReader
    from pyselfie.browser.protocol.outgoing import Notice, ShowCanvas, WantCanvas
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock
    from pyselfie.core.trace import Steps

    AnyRuntime = OrtWebRuntime | OrtGpuRuntime


async def make_pipeline(
    canvas: OffscreenCanvas, runtime: AnyRuntime, clock: StageClock, on_fault: Callable[[str], None]
) -> Pipeline:
    """Return the pipeline that `runtime` fits, painting on `canvas`; it does not run it yet.

    Raises
    ------
    JsException
        If the GPU refuses.
    """
    if runtime.device is None:
        return CanvasPipeline(FrameStore(), CanvasSampler, Canvas2DPainter(canvas), clock)
    from pyselfie.browser.webgpu.pipeline import GpuPipeline  # noqa: PLC0415, a third of all modules; few starts want it

    return await GpuPipeline.create(canvas, runtime.device, clock, on_fault)


class Output:
    """Paints by the pipeline that fits the runtime: on the GPU, or on Canvas 2D.

    A canvas keeps the kind of its first context for life, so another kind needs another canvas. The page shows it with
    its first composite; until then the last picture stays.

    Parameters
    ----------
    canvas : OffscreenCanvas
        The first canvas.
    clock : StageClock
        Where the stages' times go.
    post : callable
        Sends the page a message: it answers ``"canvas"`` with a new one, see `take_canvas`.
    on_fault : callable
        Called with a sentence when the GPU fails in a way that no call raises.
    """

    def __init__(
        self,
        canvas: OffscreenCanvas,
        clock: StageClock,
        post: Callable[[WantCanvas | ShowCanvas | Notice], None],
        on_fault: Callable[[str], None],
    ) -> None:
        self._canvas = canvas
        self._kind: str | None = None  # of painter that has had the canvas
        self._clock = clock
        self._post = post
        self._on_fault = on_fault
        self._pipeline: Pipeline | None = None
        self._new_canvas: asyncio.Future[OffscreenCanvas] | None = None
        self._is_over = False
        self._is_hidden = False
        self._frame: Frame | None = None  # of the pipeline before, for the next one
        self._backdrop: Bitmap | None = None  # for the first pipeline
        self._custom_effect: CustomEffectCanvas | None = None
        self._framing = FramedView()
        self._watch: Callable[[], None] | None = None
        self._is_photo = False
        self._tap: Callable[[OffscreenCanvas, float | None], None] | None = None
        self._camera_masks = CameraMasks(
            lambda sentence: post({"type": "notice", "code": "camera", "message": sentence})
        )
        self._timestamp: float | None = None  # of the frame in hand, microseconds

    @property
    def size(self) -> Size:
        """Size of the composite in pixels."""
        return Size(0, 0) if self._pipeline is None else self._pipeline.size

    @property
    def painter(self) -> str:
        """What paints: ``"webgpu"`` or ``"canvas2d"``."""
        return "canvas2d" if self._pipeline is None else self._pipeline.painter

    @property
    def way_in(self) -> str:
        """How the frame in hand came in; see `Pipeline.way_in`."""
        return "" if self._pipeline is None else self._pipeline.way_in

    async def use(self, runtime: AnyRuntime) -> None:
        """Run `runtime` from now on; the one before is closed. Not while a frame is under way.

        Raises
        ------
        JsException
            If the GPU refuses; what painted before goes on.
        CancelledError
            If it is over: see `end`.
        """
        if self._is_over:
            raise asyncio.CancelledError
        if self._pipeline is not None and self._pipeline.fits(runtime):
            await self._pipeline.use(runtime)
            return
        new = await self._make(runtime)
        try:
            await new.use(runtime)
        except BaseException:
            new.close()
            raise
        self._replace(new)

    async def _make(self, runtime: AnyRuntime) -> Pipeline:
        canvas = await self._canvas_for("canvas2d" if runtime.device is None else "webgpu")
        return await make_pipeline(canvas, runtime, self._clock, self._on_fault)

    async def _canvas_for(self, painter: str) -> OffscreenCanvas:
        if self._kind not in (None, painter):
            self._new_canvas = asyncio.get_running_loop().create_future()
            self._post({"type": "canvas"})
            self._canvas = await self._new_canvas
            self._is_hidden = True
        self._kind = painter
        return self._canvas

    def take_canvas(self, canvas: OffscreenCanvas) -> None:
        """Take the page's answer to ``"canvas"``."""
        if self._new_canvas is not None:
            self._new_canvas.set_result(canvas)
            self._new_canvas = None

    def _replace(self, new: Pipeline) -> None:
        old, self._pipeline = self._pipeline, new
        backdrop, self._backdrop = self._backdrop, None
        if old is not None:
            frame, backdrop = old.hand_over()
            self._frame = frame or self._frame  # exchanged twice before the frame was painted: it is still the first's
            old.close()
        new.custom_effect = self._custom_effect
        new.framing = self._framing
        new.is_traced = self._watch is not None
        new.is_photo = self._is_photo
        new.on_composite = self._on_composite
        new.set_backdrop(backdrop)

    def _on_composite(self) -> None:
        if self._tap is not None:
            self._tap(self._canvas, self._timestamp)
        if self._watch is not None:
            self._watch()

    def set_tap(self, tap: Callable[[OffscreenCanvas, float | None], None] | None) -> None:
        """Call `tap` with the canvas and the frame's timestamp (microseconds or None) after each painting."""
        self._tap = tap

    async def process(self, letter: Letter, options: Callable[[], Options], *, fresh_mask: bool = True) -> bool:
        """Take over a frame and paint its composite; returns whether it was painted; see `Pipeline.process`."""
        self._forget()
        frame, is_cut, mask = letter
        self._timestamp = getattr(frame, "timestamp", None)
        if self._pipeline is None:
            letter.close()
            return False
        if is_cut:
            self._pipeline.cut()
        read = self._camera_masks.reader(mask, options())
        try:
            painted = await self._pipeline.process(frame, options, fresh_mask=fresh_mask, mask=read)
        finally:
            if mask is not None:
                mask.close()
        return self._shown(painted, options())

    async def refresh(self, options: Callable[[], Options]) -> bool:
        """Segment and paint the frame in hand once more (another model or painter), if there is one."""
        if self._pipeline is None:
            return False
        frame, self._frame = self._frame, None
        if frame is not None:
            return self._shown(await self._pipeline.process(frame, options), options())
        return self._shown(await self._pipeline.refresh(options), options())

    def _shown(self, painted: bool, options: Options) -> bool:
        if painted and self._is_hidden and self.has_picture(options):  # else the last canvas's picture stays
            self._is_hidden = False
            self._post({"type": "show"})
        return painted

    @property
    def has_camera_mask(self) -> bool:
        """Whether the mask is the one that came with the frame in hand."""
        return self._pipeline is not None and self._pipeline.has_camera_mask

    def needs_mask(self, options: Options) -> bool:
        """Whether what is to be painted depends on the person."""
        return self._pipeline is None or self._pipeline.needs_mask(options)

    def lacks_mask(self, options: Options) -> bool:
        """Whether the frame in hand has to be segmented before it can be painted."""
        return self._pipeline is not None and self._pipeline.lacks_mask(options)

    def has_picture(self, options: Options) -> bool:
        """Whether there is a composite to be asked for."""
        return self._pipeline is not None and self._pipeline.has_picture(options)

    def repaint(self, options: Options) -> None:
        """Paint the frame in hand once more (other options), if there is one and it does not lack a mask."""
        if self._pipeline is not None:
            self._shown(self._pipeline.repaint(options), options)

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        if self._pipeline is not None:
            self._pipeline.set_backdrop(backdrop)
            return
        if self._backdrop is not None:
            self._backdrop.close()
        self._backdrop = backdrop

    def set_custom_effect(self, effect: CustomEffectCanvas | None) -> None:
        """Paint by the user's effect instead of the options', None goes back; see `UserEffect` for the painter."""
        self._custom_effect = effect
        if self._pipeline is not None:
            self._pipeline.custom_effect = effect

    def expect(self, *, photo: bool) -> None:
        """Note whether what comes next is a photo; see `Pipeline.is_photo`."""
        self._is_photo = photo
        if self._pipeline is not None:
            self._pipeline.is_photo = photo

    async def mask(self) -> NDArray[np.float32] | None:
        """Return the last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        return None if self._pipeline is None else await self._pipeline.read_mask()

    async def classes(self) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
        """Return what the model tells apart in the last frame; see `Pipeline.read_classes`; None before the first."""
        return None if self._pipeline is None else await self._pipeline.read_classes()

    def set_watch(self, watch: Callable[[], None] | None) -> None:
        """Call `watch` after each painting, and keep of each frame what `trace` wants; None: no more."""
        self._watch = watch
        if self._pipeline is not None:
            self._pipeline.is_traced = watch is not None

    async def trace(self, options: Options, reader: PixelReader) -> Steps | None:
        """Return the steps from the frame in hand to its composite; see `Pipeline.trace`."""
        return None if self._pipeline is None else await self._pipeline.trace(options, reader)

    def snapshot(self, options: Options) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included; only if `has_picture`."""
        assert self._pipeline is not None  # noqa: S101 - has_picture
        return self._pipeline.snapshot(options)

    def reset(self) -> None:
        """Forget the frame and clear the output: the source has changed."""
        self._forget()
        self.new_source()
        if self._pipeline is not None:
            self._pipeline.reset()

    def new_source(self) -> None:
        """Tell of the masks of another camera anew; the picture stays until its first frame is painted."""
        self._camera_masks.reset()

    def _forget(self) -> None:
        if self._frame is not None:
            self._frame.close()
            self._frame = None

    def end(self) -> None:
        """Take no other runtime, and wait for no canvas: the page has closed the channel and sends none any more.

        Whoever waits for one holds the lock around ONNX Runtime, and all engines of the worker would wait with it.
        """
        self._is_over = True
        if self._new_canvas is not None:
            self._new_canvas.cancel()
            self._new_canvas = None

    def close(self) -> None:
        """Free everything."""
        self._forget()
        if self._pipeline is None:
            self.set_backdrop(None)
        else:
            self._pipeline.close()
