"""A frame's way on the GPU: texture -> preprocess -> runtime -> overlay -> composite; nothing is read back."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from js import navigator

from pyselfie.browser.webgpu.compositor import Compositor
from pyselfie.browser.webgpu.device import Gpu
from pyselfie.browser.webgpu.overlay import OverlayTexture
from pyselfie.browser.webgpu.picture import FrameInHand
from pyselfie.browser.webgpu.preprocess import ModelBuffers, Preprocess
from pyselfie.browser.webgpu.readback import read_floats
from pyselfie.core.effects import EFFECTS
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Bitmap, OffscreenCanvas, VideoFrame
    from pyselfie.browser.ort_gpu import OrtGpuRuntime
    from pyselfie.browser.webgpu.picture import Picture
    from pyselfie.core.effects import Layer
    from pyselfie.core.options import Options
    from pyselfie.core.timing import StageClock

MOST_IN_FLIGHT = 2
"""Frames that the GPU may work on at a time; one more would only be older when it is seen."""


class GpuPipeline:
    """Takes each frame through the stages, as `pipeline.Pipeline` does. Make it with `create`.

    Attributes
    ----------
    options : Options
        The user's choices; assign and call `repaint` to change them; the frame may then lack a mask, see `lacks_mask`.
    on_composite : callable or None
        Called in the task that has painted, when the canvas can be read.
    """

    def __init__(self, gpu: Gpu, compositor: Compositor, clock: StageClock, options: Options) -> None:
        self.options = options
        self.on_composite: Callable[[], None] | None = None
        self._gpu = gpu
        self._compositor = compositor
        self._clock = clock
        self._frame = FrameInHand(gpu)
        self._runtime: OrtGpuRuntime | None = None
        self._preprocess: Preprocess | None = None
        self._overlay: OverlayTexture | None = None
        self._has_mask = False
        self._is_warm = False
        self._in_flight: deque[Awaitable[Any]] = deque()

    @classmethod
    async def create(
        cls,
        canvas: OffscreenCanvas,
        device: Any,
        clock: StageClock,
        options: Options,
        on_fault: Callable[[str], None],
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
            compositor = await Compositor.create(gpu, canvas, navigator.gpu.getPreferredCanvasFormat())
        except BaseException:
            gpu.close()
            raise
        return cls(gpu, compositor, clock, options)

    @property
    def device(self) -> Any:
        """The device that everything is on."""
        return self._gpu.device

    @property
    def size(self) -> Size:
        """Size of the composite in pixels."""
        return self._frame.size

    async def use(self, runtime: OrtGpuRuntime) -> None:
        """Run `runtime` from now on; the one before is closed. Not while a frame is under way.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        spec = runtime.spec
        model = ModelBuffers(Size(spec.width, spec.height), runtime.input, runtime.output)
        preprocess = await Preprocess.create(self._gpu, model)
        overlay = await OverlayTexture.create(self._gpu, model)
        self._release_model()
        self._preprocess, self._overlay, self._runtime = preprocess, overlay, runtime
        self._is_warm = False

    def _release_model(self) -> None:
        self._has_mask = False
        if self._overlay is not None:
            self._overlay.close()
        if self._runtime is not None:
            self._runtime.close()
        self._overlay = self._preprocess = self._runtime = None

    async def process(self, frame: Bitmap | VideoFrame, *, fresh_mask: bool = True) -> bool:
        """Take over `frame` and paint its composite; see `pipeline.Pipeline.process`."""
        self._clock.begin()
        await self._frame.take(frame)
        self._clock.lap("capture")
        if not self.needs_mask:
            self._has_mask = False  # what there is belongs to another frame
            return await self._finish()
        return await self._segment(fresh_mask=fresh_mask or not self._has_mask)

    async def refresh(self) -> bool:
        """Segment and paint the frame in hand once more (another model), if there is one."""
        self._clock.begin()
        return await (self._segment() if self.needs_mask else self._finish())

    @property
    def needs_mask(self) -> bool:
        """Whether the effect depends on the person."""
        return EFFECTS[self.options.effect].overlay is not None

    @property
    def lacks_mask(self) -> bool:
        """Whether the frame in hand has to be segmented before it can be painted."""
        return self._frame.picture is not None and self.needs_mask and not self._has_mask

    def repaint(self) -> None:
        """Paint the frame in hand once more (other options), if there is one and it does not lack a mask."""
        if self.has_picture:
            self._paint()

    async def _segment(self, *, fresh_mask: bool = True) -> bool:
        if self._frame.picture is None or self._runtime is None:
            return False
        self._encode_input()
        self._clock.lap("preprocess")
        if fresh_mask:
            await self._runtime.run()
            self._clock.lap("infer")
        if self._frame.picture is None:  # reset while the model ran: that frame is over
            return False
        self._has_mask = True
        return await self._finish()

    async def _finish(self) -> bool:
        if self._frame.picture is None or self._runtime is None:
            return False
        self._paint()
        self._clock.lap("paint")
        await self._pace()
        self._clock.end()
        return True

    def _encode_input(self) -> None:
        assert self._preprocess is not None  # noqa: S101 - set together with the runtime
        assert self._frame.picture is not None  # noqa: S101 - checked by the caller
        encoder = self._gpu.device.createCommandEncoder()
        compute_pass = encoder.beginComputePass()
        self._preprocess.encode(compute_pass, self._frame.picture)
        compute_pass.end()
        self._gpu.submit(encoder)

    def _paint(self) -> None:
        assert self._overlay is not None  # noqa: S101 - set together with the runtime
        assert self._frame.picture is not None  # noqa: S101 - checked by the callers
        size, options = self._frame.size, self.options
        effect = EFFECTS[options.effect]
        encoder = self._gpu.device.createCommandEncoder()
        if effect.overlay is not None:
            compute_pass = encoder.beginComputePass()
            self._overlay.encode(compute_pass, effect.overlay, options, size)
            compute_pass.end()
        pictures: dict[Layer, Picture] = {"frame": self._frame.picture, "overlay": self._overlay.picture}
        self._compositor.encode(encoder, size, pictures, effect.draws, mirror=options.mirror)
        self._gpu.submit(encoder)
        if self.on_composite is not None:
            self.on_composite()

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

    @property
    def has_picture(self) -> bool:
        """Whether there is a composite to be asked for."""
        return self._frame.picture is not None and self._runtime is not None and not self.lacks_mask

    async def read_mask(self) -> NDArray[np.float32] | None:
        """Read the last frame's mask, float32 [h, w] in 0..1 at the model's size; None before the first."""
        runtime = self._runtime
        if runtime is None or not self._has_mask:
            return None
        floats = await read_floats(self._gpu, runtime.output)
        return floats.reshape(runtime.spec.height, runtime.spec.width)

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        self._compositor.set_backdrop(backdrop)

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included."""
        self.repaint()  # a WebGPU canvas can be read in the task that painted it only
        return self._compositor.to_blob()

    def hand_over(self) -> tuple[Bitmap | VideoFrame | None, Bitmap | None]:
        """Give frame and backdrop to whoever paints next, their ownership with them."""
        return self._frame.hand_over(), self._compositor.hand_over_backdrop()

    def reset(self) -> None:
        """Forget the frame and clear the output: the source has changed."""
        self._frame.clear()
        self._has_mask = False
        self._compositor.clear()

    def close(self) -> None:
        """Free everything but what is on the canvas: it stays until another painter's composite replaces it."""
        self._frame.clear()
        self._compositor.set_backdrop(None)
        self._release_model()
        self._gpu.close()
