"""What a pipeline is: a frame goes in, its composite comes out on a canvas; one on Canvas 2D, one on WebGPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from pyselfie.core.effects import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.framed_view import FramedView
    from pyselfie.browser.js_types import Bitmap, Frame
    from pyselfie.browser.pixels import PixelReader
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options
    from pyselfie.core.trace import Steps


ReadMask: TypeAlias = "Callable[[Size], NDArray[np.float32] | None]"
"""Returns the mask that came with a frame, float32 [h, w] in 0..1 of the size that is asked for; None: it has none."""


class Pipeline(Protocol):
    """Takes each frame through the stages: capture, preprocess, infer, postprocess, paint.

    Attributes
    ----------
    painter
        What paints.
    on_composite
        Called in the task that has painted, when the canvas can be read.
    custom_effect
        Takes the place of the options' effect; one of full size on Canvas 2D only, as `UserEffect` sees to.
    framing
        Which part of the composite is shown.
    is_traced
        Whether `trace` will be asked for: frames that are segmented from now on keep what it needs.
    is_photo
        Whether no other frame follows the one that comes, or is in hand: what it is to show has to be seen in it.
    """

    painter: Literal["canvas2d", "webgpu"]
    on_composite: Callable[[], None] | None
    custom_effect: CustomEffectCanvas | None
    framing: FramedView
    is_traced: bool
    is_photo: bool

    @property
    def size(self) -> Size:
        """Size of the composite in pixels."""
        ...

    @property
    def way_in(self) -> str:
        """How the frame in hand came in; empty before the first one."""
        ...

    @property
    def is_on_trial(self) -> bool:
        """Whether frames still come in by different ways, to find the quickest."""
        return False

    @property
    def has_frame(self) -> bool:
        """Whether there is a frame in hand."""
        ...

    @property
    def has_mask(self) -> bool:
        """Whether the frame in hand has been segmented."""
        ...

    @property
    def has_camera_mask(self) -> bool:
        """Whether the mask is the one that came with the frame in hand."""
        ...

    def needs_mask(self, options: Options) -> bool:
        """Whether what is to be painted depends on the person."""
        return self.has_overlay(options) or options.framing != "off"

    def has_overlay(self, options: Options) -> bool:
        """Whether the options' effect itself depends on the person."""
        return EFFECTS[options.effect].overlay is not None

    def lacks_mask(self, options: Options) -> bool:
        """Whether the frame in hand has to be segmented before it can be painted."""
        if not self.has_frame:
            return False
        return (self.needs_mask(options) and not self.has_mask) or self.framing.lacks_mask(options)

    def has_picture(self, options: Options) -> bool:
        """Whether there is a composite to be asked for."""
        return self.has_frame and not self.lacks_mask(options)

    def fits(self, runtime: Any) -> bool:
        """Whether it can run `runtime`; else another pipeline has to."""
        ...

    async def use(self, runtime: Any) -> None:
        """Run `runtime`, which `fits`, from now on; the one before is closed. Not while a frame is under way.

        Raises
        ------
        JsException
            If the GPU refuses; the model before goes on.
        """
        ...

    async def process(
        self, frame: Frame, options: Callable[[], Options], *, fresh_mask: bool = True, mask: ReadMask | None = None
    ) -> bool:
        """Take over `frame` and paint its composite; returns whether it was painted.

        `options` are asked for when they are needed, as the user may change them while the model runs. Without
        `fresh_mask` it is painted with the mask before, if there is one of a frame of its size: that is all there is
        time for. With a `mask` that can be read no model runs, unless a user's effect asks for its classes.
        """
        ...

    async def refresh(self, options: Callable[[], Options]) -> bool:
        """Segment and paint the frame in hand once more (another model or backend), if there is one; see `process`."""
        ...

    def repaint(self, options: Options) -> bool:
        """Paint the frame in hand once more (other options), if there is one and it does not lack a mask.

        Returns
        -------
        bool
            Whether it was painted now.
        """
        ...

    async def read_mask(self) -> NDArray[np.float32] | None:
        """Return the last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        ...

    async def read_classes(self) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
        """Return what the model tells apart in the last segmented frame: names, and float32 [C, h, w]; None before.

        Raises
        ------
        NoClassesError
            When the model knows the person alone; a `CameraMaskError` when the mask is not the model's.
        """
        ...

    async def trace(self, options: Options, reader: PixelReader) -> Steps | None:
        """Return the steps from the frame in hand to its composite, copies; None while there is no composite.

        None as well while `is_traced` is new and the frame has been segmented before.
        """
        ...

    def snapshot(self, options: Options) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included; None if there is none any more."""
        ...

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        ...

    def hand_over(self) -> tuple[Frame | None, Bitmap | None]:
        """Give frame and backdrop to whoever paints next, their ownership with them."""
        ...

    def cut(self) -> None:
        """Let the next frame be the first of another film; the picture stays until then."""
        ...

    def reset(self) -> None:
        """Forget the frame and clear the output: the source has changed."""
        ...

    def close(self) -> None:
        """Free everything but what is on the canvas: it stays until another pipeline's composite replaces it."""
        ...
