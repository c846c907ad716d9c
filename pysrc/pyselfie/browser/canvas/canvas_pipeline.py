"""The pipeline whose frames Canvas 2D samples and paints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.browser.canvas.frames import FrameStore
from pyselfie.browser.canvas.painter import Canvas2DPainter
from pyselfie.browser.canvas.pipeline import Pipeline
from pyselfie.browser.canvas.sampler import CanvasSampler
from pyselfie.core.effects import Draw

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.js_types import Bitmap, Drawable, OffscreenCanvas
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock


class CanvasPipeline(Pipeline):
    """A `Pipeline` of canvases, with what `webgpu.gpu_pipeline.GpuPipeline` offers besides.

    Parameters
    ----------
    canvas : OffscreenCanvas
        The output.
    clock : StageClock
        Where the stages' times go.
    options : Options
        The user's choices.
    """

    def __init__(self, canvas: OffscreenCanvas, clock: StageClock, options: Options) -> None:
        self._canvas_painter = Canvas2DPainter(canvas)
        self.custom_effect: CustomEffectCanvas | None = None  # takes the place of the options' effect
        super().__init__(FrameStore(), CanvasSampler, self._canvas_painter, clock, options)

    @property
    def needs_mask(self) -> bool:
        """Whether what is to be painted depends on the person."""
        return self.custom_effect is not None or super().needs_mask

    def _paint(self, drawable: Drawable) -> None:
        custom, mask = self.custom_effect, self.mask
        if custom is None or mask is None:
            super()._paint(drawable)
            return
        if custom.has_failed:
            if super().needs_mask:  # else the options' effect shows the bare frame, which nobody wants after a fault
                super()._paint(drawable)
            return
        custom.has_failed = True  # if it raises it is told once, and the options' effect goes on
        picture = custom.picture(drawable, self.size, mask, mirror=self.options.mirror)
        custom.has_failed = False
        self._canvas_painter.paint(picture, self.size, self._overlay, (Draw("copy", "frame"),), mirror=False)
        if self.on_composite is not None:
            self.on_composite()

    async def read_mask(self) -> NDArray[np.float32] | None:
        """Return the last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        return self.mask

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        self._canvas_painter.set_backdrop(backdrop)

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included."""
        return self._canvas_painter.snapshot()
