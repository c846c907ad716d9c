"""A frame's way: store -> preprocess -> runtime -> postprocess -> painter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.effects import EFFECTS
from pyselfie.core.overlay import Scene, fill_overlay
from pyselfie.core.tensor import fill_tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser.canvas.frames import FrameStore
    from pyselfie.browser.canvas.painter import Canvas2DPainter
    from pyselfie.browser.canvas.sampler import CanvasSampler
    from pyselfie.browser.js_types import Bitmap, Drawable, VideoFrame
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock
    from pyselfie.runtimes.base import Runtime


class Pipeline:
    """Owns the buffers of the model's size and takes each frame through the stages.

    Parameters
    ----------
    store : FrameStore
        Holds the frame in hand.
    make_sampler : callable
        ``make_sampler(width, height)`` returns a `CanvasSampler`; called once per model size.
    painter : Canvas2DPainter
        The way out.
    clock : StageClock
        Where the stages' times go.
    options : Options
        The user's choices; assign to `options` and call `repaint` to change them; the frame may then lack a mask, see
        `lacks_mask`.

    Attributes
    ----------
    on_composite : callable or None
        Called in the task that has painted, when the canvas can be read.
    """

    def __init__(
        self,
        store: FrameStore,
        make_sampler: Callable[[int, int], CanvasSampler],
        painter: Canvas2DPainter,
        clock: StageClock,
        options: Options,
    ) -> None:
        self.options = options
        self.on_composite: Callable[[], None] | None = None
        self._store = store
        self._make_sampler = make_sampler
        self._painter = painter
        self._clock = clock
        self._runtime: Runtime | None = None
        self._sampler: CanvasSampler | None = None
        self._sample = self._overlay = np.empty((0, 0, 4), np.uint8)
        self._tensor = np.empty((0,), np.float32)
        self._mask: NDArray[np.float32] | None = None
        self._resets = 0

    @property
    def mask(self) -> NDArray[np.float32] | None:
        """The last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        return self._mask

    @property
    def size(self) -> Size:
        """Size of the composite in pixels."""
        return self._store.size

    def use(self, runtime: Runtime) -> None:
        """Run `runtime` from now on; the one before is closed. Not while a frame is under way."""
        spec = runtime.spec
        size = spec.height, spec.width
        if self._sample.shape[:2] != size:
            self._sampler = self._make_sampler(spec.width, spec.height)
            self._sample = np.empty((*size, 4), np.uint8)
            self._overlay = np.empty((*size, 4), np.uint8)
            self._tensor = np.empty((1, *size, 3), np.float32)
            self._mask = None
        if self._runtime is not None:
            self._runtime.close()
        self._runtime = runtime

    async def process(self, frame: Bitmap | VideoFrame, *, fresh_mask: bool = True) -> bool:
        """Take over `frame` and paint its composite; returns whether it was painted.

        Without `fresh_mask` it is painted with the mask before, if there is one: that is all there is time for.
        """
        self._clock.begin()
        resets = self._resets
        await self._store.take(frame)
        if resets != self._resets:  # meanwhile: a frame of the old source, whose mask the new one must not get
            self._store.clear()
            return False
        self._clock.lap("capture")
        if not self.needs_mask:
            self._mask = None  # what there is belongs to another frame
            return self._finish()
        if fresh_mask or self._mask is None:
            return await self._segment()
        return self._follow(self._mask)

    def _follow(self, mask: NDArray[np.float32]) -> bool:
        drawable, sampler = self._store.drawable, self._sampler
        if drawable is None or sampler is None:
            return False
        sampler.read(drawable, self._sample)
        self._clock.lap("preprocess")
        self._make_overlay(mask)
        self._clock.lap("postprocess")
        return self._finish()

    async def refresh(self) -> bool:
        """Segment and paint the frame in hand once more (another model or backend), if there is one."""
        self._clock.begin()
        return await self._segment() if self.needs_mask else self._finish()

    @property
    def needs_mask(self) -> bool:
        """Whether the effect depends on the person."""
        return EFFECTS[self.options.effect].overlay is not None

    @property
    def lacks_mask(self) -> bool:
        """Whether the frame in hand has to be segmented before it can be painted."""
        return self._store.drawable is not None and self.needs_mask and self._mask is None

    @property
    def has_picture(self) -> bool:
        """Whether there is a composite to be asked for."""
        return self._store.drawable is not None and not self.lacks_mask

    def repaint(self) -> None:
        """Paint the frame in hand once more (other options), if there is one and it does not lack a mask."""
        if self._store.drawable is None or self.lacks_mask:
            return
        if self._mask is not None:
            self._make_overlay(self._mask)
        self._paint(self._store.drawable)

    async def _segment(self) -> bool:
        drawable, runtime, sampler = self._store.drawable, self._runtime, self._sampler
        if drawable is None or runtime is None or sampler is None:
            return False
        sampler.read(drawable, self._sample)
        fill_tensor(self._sample, self._tensor)
        self._clock.lap("preprocess")
        mask = await runtime.run(self._tensor)
        self._clock.lap("infer")
        if self._store.drawable is None:  # reset while the model ran: that frame is over
            return False
        self._mask = mask
        self._make_overlay(mask)
        self._clock.lap("postprocess")
        return self._finish()

    def _finish(self) -> bool:
        if self._store.drawable is None:
            return False
        self._paint(self._store.drawable)
        self._clock.lap("paint")
        self._clock.end()
        return True

    def _make_overlay(self, mask: NDArray[np.float32]) -> None:
        overlay = EFFECTS[self.options.effect].overlay
        if overlay is not None:
            fill_overlay(overlay, Scene(self._sample, mask, self._store.size, self.options), self._overlay)

    def _paint(self, drawable: Drawable) -> None:
        draws = EFFECTS[self.options.effect].draws
        self._painter.paint(drawable, self._store.size, self._overlay, draws, mirror=self.options.mirror)
        if self.on_composite is not None:
            self.on_composite()

    def reset(self) -> None:
        """Forget the frame and clear the output: the source has changed."""
        self._resets += 1
        self._store.clear()
        self._mask = None
        self._painter.clear()

    def close(self) -> None:
        """Free everything."""
        self._store.clear()
        self._painter.close()
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None
