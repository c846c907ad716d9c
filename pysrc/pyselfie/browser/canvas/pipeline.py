"""A frame's way: store -> preprocess -> runtime -> postprocess -> painter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from pyselfie.core.effects import EFFECTS, Scene
from pyselfie.core.tensor import fill_tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser.canvas.painter_protocol import Painter
    from pyselfie.browser.js_types import Bitmap, Drawable, VideoFrame
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock
    from pyselfie.runtimes.base import Runtime


class Store(Protocol):
    """See `frame_store.FrameStore`."""

    drawable: Drawable | None
    size: Size

    async def take(self, frame: Bitmap | VideoFrame) -> None:
        """Take over `frame`."""

    def clear(self) -> None:
        """Let go of the frame."""


class Sampler(Protocol):
    """See `sampler.CanvasSampler`."""

    def read(self, frame: Drawable, out: NDArray[np.uint8]) -> None:
        """Write the frame into `out`."""


class Pipeline:
    """Owns the buffers of the model's size and takes each frame through the stages.

    Parameters
    ----------
    store : Store
        Holds the frame in hand.
    make_sampler : callable
        ``make_sampler(width, height)`` returns a `Sampler`; called once per model size.
    painter : Painter
        The way out.
    clock : StageClock
        Where the stages' times go.
    options : Options
        The user's choices; assign to `options` and call `repaint` to change them.

    Attributes
    ----------
    on_composite : callable or None
        Called in the task that has painted, when the canvas can be read.
    """

    def __init__(
        self,
        store: Store,
        make_sampler: Callable[[int, int], Sampler],
        painter: Painter,
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
        self._sampler: Sampler | None = None
        self._sample = self._veil = np.empty((0, 0, 4), np.uint8)
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
            self._veil = np.empty((*size, 4), np.uint8)
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
        if fresh_mask or self._mask is None:
            return await self._segment()
        return self._follow(self._mask)

    def _follow(self, mask: NDArray[np.float32]) -> bool:
        drawable, sampler = self._store.drawable, self._sampler
        if drawable is None or sampler is None:
            return False
        sampler.read(drawable, self._sample)
        self._clock.lap("preprocess")
        self._make_veil(mask)
        self._clock.lap("postprocess")
        self._paint(drawable)
        self._clock.lap("paint")
        self._clock.end()
        return True

    async def refresh(self) -> bool:
        """Segment and paint the frame in hand once more (another model or backend), if there is one."""
        self._clock.begin()
        return await self._segment()

    def repaint(self) -> None:
        """Paint the frame in hand with its mask once more (other options), if there is one."""
        if self._store.drawable is not None and self._mask is not None:
            self._make_veil(self._mask)
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
        self._make_veil(mask)
        self._clock.lap("postprocess")
        self._paint(self._store.drawable)
        self._clock.lap("paint")
        self._clock.end()
        return True

    def _make_veil(self, mask: NDArray[np.float32]) -> None:
        scene = Scene(self._sample, mask, self._store.size, self.options)
        EFFECTS[self.options.effect].veil(scene, self._veil)

    def _paint(self, drawable: Drawable) -> None:
        draws = EFFECTS[self.options.effect].draws
        self._painter.paint(drawable, self._store.size, self._veil, draws, mirror=self.options.mirror)
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
