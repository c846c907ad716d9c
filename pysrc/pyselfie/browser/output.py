"""The way out: one canvas and the pipeline that paints on it, replaced by another when the runtime asks for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyselfie.browser.canvas.canvas_pipeline import CanvasPipeline
from pyselfie.browser.ort_gpu import OrtGpuRuntime
from pyselfie.browser.webgpu.gpu_pipeline import GpuPipeline
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.js_types import Bitmap, OffscreenCanvas, VideoFrame
    from pyselfie.browser.ort_web import OrtWebRuntime
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock

    AnyRuntime = OrtWebRuntime | OrtGpuRuntime


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
    options : Options
        The user's choices.
    post : callable
        ``post(kind)`` sends the page ``"canvas"`` (it answers with a new one, see `take_canvas`) or ``"show"``.
    on_fault : callable
        Called with a sentence when the GPU fails in a way that no call raises.
    """

    def __init__(
        self,
        canvas: OffscreenCanvas,
        clock: StageClock,
        options: Options,
        post: Callable[[str], None],
        on_fault: Callable[[str], None],
    ) -> None:
        self._canvas = canvas
        self._kind: str | None = None
        self._clock = clock
        self._options = options
        self._post = post
        self._on_fault = on_fault
        self._pipeline: GpuPipeline | CanvasPipeline | None = None
        self._new_canvas: asyncio.Future[OffscreenCanvas] | None = None
        self._is_hidden = False
        self._frame: Bitmap | VideoFrame | None = None  # of the pipeline before, for the next one
        self._backdrop: Bitmap | None = None  # for the first pipeline
        self._custom_effect: CustomEffectCanvas | None = None
        self._tap: Callable[[OffscreenCanvas, float | None], None] | None = None
        self._timestamp: float | None = None  # of the frame in hand, microseconds

    @property
    def options(self) -> Options:
        """The user's choices; assign and call `repaint` to change them."""
        return self._options

    @options.setter
    def options(self, options: Options) -> None:
        self._options = options
        if self._pipeline is not None:
            self._pipeline.options = options

    @property
    def size(self) -> Size:
        """Size of the composite in pixels."""
        return Size(0, 0) if self._pipeline is None else self._pipeline.size

    @property
    def painter(self) -> str:
        """What paints: ``"webgpu"`` or ``"canvas2d"``."""
        return "webgpu" if isinstance(self._pipeline, GpuPipeline) else "canvas2d"

    async def use(self, runtime: AnyRuntime) -> None:
        """Run `runtime` from now on; the one before is closed. Not while a frame is under way.

        Raises
        ------
        JsException
            If the GPU refuses; what painted before goes on.
        """
        if isinstance(runtime, OrtGpuRuntime):
            await self._use_gpu(runtime)
        else:
            await self._use_canvas(runtime)

    async def _use_gpu(self, runtime: OrtGpuRuntime) -> None:
        pipeline = self._pipeline
        if isinstance(pipeline, GpuPipeline) and pipeline.device == runtime.device:
            await pipeline.use(runtime)
            return
        canvas = await self._canvas_for("webgpu")
        new = await GpuPipeline.create(canvas, runtime.device, self._clock, self._options, self._on_fault)
        try:
            await new.use(runtime)
        except BaseException:
            new.close()
            raise
        self._replace(new)

    async def _use_canvas(self, runtime: OrtWebRuntime) -> None:
        if not isinstance(self._pipeline, CanvasPipeline):
            self._replace(CanvasPipeline(await self._canvas_for("2d"), self._clock, self._options))
        assert isinstance(self._pipeline, CanvasPipeline)  # noqa: S101 - for mypy; replaced above
        self._pipeline.use(runtime)

    async def _canvas_for(self, kind: str) -> OffscreenCanvas:
        if self._kind not in (None, kind):
            self._new_canvas = asyncio.get_running_loop().create_future()
            self._post("canvas")
            self._canvas = await self._new_canvas
            self._is_hidden = True
        self._kind = kind
        return self._canvas

    def take_canvas(self, canvas: OffscreenCanvas) -> None:
        """Take the page's answer to ``"canvas"``."""
        if self._new_canvas is not None:
            self._new_canvas.set_result(canvas)
            self._new_canvas = None

    def _replace(self, new: GpuPipeline | CanvasPipeline) -> None:
        old, self._pipeline = self._pipeline, new
        backdrop, self._backdrop = self._backdrop, None
        if isinstance(old, GpuPipeline):
            self._frame, backdrop = old.hand_over()
            old.close()
        new.options = self._options
        if isinstance(new, CanvasPipeline):
            new.custom_effect = self._custom_effect
        new.on_composite = self._on_composite
        new.set_backdrop(backdrop)

    def _on_composite(self) -> None:
        if self._tap is not None:
            self._tap(self._canvas, self._timestamp)

    def set_tap(self, tap: Callable[[OffscreenCanvas, float | None], None] | None) -> None:
        """Call `tap` with the canvas and the frame's timestamp (microseconds or None) after each painting."""
        self._tap = tap

    async def process(self, frame: Bitmap | VideoFrame, *, fresh_mask: bool = True) -> bool:
        """Take over `frame` and paint its composite; returns whether it was painted; see `pipeline.Pipeline`."""
        self._forget()
        self._timestamp = getattr(frame, "timestamp", None)
        if self._pipeline is None:
            frame.close()
            return False
        return self._shown(await self._pipeline.process(frame, fresh_mask=fresh_mask))

    async def refresh(self) -> bool:
        """Segment and paint the frame in hand once more (another model or painter), if there is one."""
        if self._pipeline is None:
            return False
        frame, self._frame = self._frame, None
        if frame is not None:
            return self._shown(await self._pipeline.process(frame))
        return self._shown(await self._pipeline.refresh())

    def _shown(self, painted: bool) -> bool:
        if painted and self._is_hidden:
            self._is_hidden = False
            self._post("show")
        return painted

    @property
    def needs_mask(self) -> bool:
        """Whether what is to be painted depends on the person."""
        return self._pipeline is None or self._pipeline.needs_mask

    @property
    def lacks_mask(self) -> bool:
        """Whether the frame in hand has to be segmented before it can be painted."""
        return self._pipeline is not None and self._pipeline.lacks_mask

    async def catch_up(self) -> bool:
        """Segment and paint the frame in hand if it lacks its mask (still: others may have waited for the same)."""
        return self.lacks_mask and await self.refresh()

    def repaint(self) -> None:
        """Paint the frame in hand once more (other options), if there is one and it does not lack a mask."""
        if self._pipeline is not None:
            self._pipeline.repaint()

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        if self._pipeline is not None:
            self._pipeline.set_backdrop(backdrop)
            return
        if self._backdrop is not None:
            self._backdrop.close()
        self._backdrop = backdrop

    def set_custom_effect(self, effect: CustomEffectCanvas | None) -> None:
        """Paint by the user's effect instead of the options', None goes back; it needs the painter ``"canvas2d"``."""
        self._custom_effect = effect
        if isinstance(self._pipeline, CanvasPipeline):
            self._pipeline.custom_effect = effect

    @property
    def has_picture(self) -> bool:
        """Whether there is a composite to be asked for."""
        return self._pipeline is not None and self._pipeline.has_picture

    async def mask(self) -> NDArray[np.float32] | None:
        """Return the last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        return None if self._pipeline is None else await self._pipeline.read_mask()

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included; only if `has_picture`."""
        assert self._pipeline is not None  # noqa: S101 - has_picture
        return self._pipeline.snapshot()

    def reset(self) -> None:
        """Forget the frame and clear the output: the source has changed."""
        self._forget()
        if self._pipeline is not None:
            self._pipeline.reset()

    def _forget(self) -> None:
        if self._frame is not None:
            self._frame.close()
            self._frame = None

    def close(self) -> None:
        """Free everything."""
        self._forget()
        if self._pipeline is not None:
            self._pipeline.close()
