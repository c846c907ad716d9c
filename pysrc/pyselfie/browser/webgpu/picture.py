"""What shaders sample: a frame, an overlay, a backdrop; and the frame in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from js import createImageBitmap
from pyodide.ffi import to_js

from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.device import SAMPLER, TEXTURE, Stage, TextureUsage
from pyselfie.core.geometry import MAX_SIDE, Size, fit_within

if TYPE_CHECKING:
    from pyselfie.browser.js_types import Bitmap, Drawable, Frame, VideoFrame
    from pyselfie.browser.webgpu.device import Gpu

Kind = Literal["external", "2d"]
KINDS: tuple[Kind, ...] = ("external", "2d")


class Picture(NamedTuple):
    """Something that a shader can sample.

    Attributes
    ----------
    kind : str
        Chooses between ``picture_external`` and ``picture_2d``.
    group : GPUBindGroup
        For number 1 of every shader that samples it.
    texture : GPUExternalTexture or GPUTextureView
        What is in `group`. Chromium destroys an external texture when JavaScript's collector finds that only bind
        groups hold it.
    """

    kind: Kind
    group: Any
    texture: Any


class PictureBinder:
    """Makes pictures of textures, so that every shader can sample them.

    Parameters
    ----------
    gpu : Gpu
        Where the textures are.

    Attributes
    ----------
    layouts : dict
        Of the pictures' bind groups, by kind.
    """

    def __init__(self, gpu: Gpu) -> None:
        stages = Stage.FRAGMENT | Stage.COMPUTE
        kinds: dict[Kind, dict[str, Any]] = {"external": {"externalTexture": {}}, "2d": TEXTURE}
        self.layouts = {kind: gpu.layout(stages, texture, SAMPLER) for kind, texture in kinds.items()}
        self._gpu = gpu
        self._sampler = gpu.sampler()

    def bind(self, kind: Kind, texture: Any) -> Picture:
        """Return the picture that is on a ``GPUExternalTexture`` or a ``GPUTextureView``."""
        return Picture(kind, self._gpu.bind(self.layouts[kind], texture, self._sampler), texture)


class TextureSlot:
    """A texture that takes the size of what is copied into it.

    Parameters
    ----------
    gpu : Gpu
        Where the texture is made.
    binder : PictureBinder
        Makes the picture.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder) -> None:
        self._gpu = gpu
        self._binder = binder
        self._texture: Any = None
        self._size = Size(0, 0)
        self._picture: Picture | None = None

    def load(self, source: Drawable, size: Size) -> Picture:
        """Copy `source`, of `size`, and return it; the same `Picture` as long as the size stays."""
        if self._picture is None or size != self._size:
            if self._texture is not None:
                self._gpu.free(self._texture)
            usage = TextureUsage.COPY_DST | TextureUsage.TEXTURE_BINDING | TextureUsage.RENDER_ATTACHMENT
            self._texture = self._gpu.texture(size, "rgba8unorm", usage)
            self._size = size
            self._picture = self._binder.bind("2d", self._texture.createView())
        target = js_object(texture=self._texture, premultipliedAlpha=True)
        self._gpu.queue.copyExternalImageToTexture(js_object(source=source), target, to_js(list(size)))
        return self._picture


class FrameInHand:
    """Holds the newest frame and ends every frame that it was given.

    A ``VideoFrame`` is not copied: the GPU reads the decoder's own buffer. It stays open until the next one comes, as
    the effect may change meanwhile. Browsers turn it upright and convert its colours when a shader samples it.

    Attributes
    ----------
    picture : Picture or None
        What shaders sample, None before the first frame.
    size : Size
        Size of the composite to be painted: the frame's, limited to what every canvas can hold.
    way : str
        How the frame in hand came in: the browser's name of it; empty before the first one.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder) -> None:
        self.picture: Picture | None = None
        self.size = Size(0, 0)
        self.way = ""
        self._gpu = gpu
        self._binder = binder
        self._slot = TextureSlot(gpu, binder)
        self._frame: Frame | None = None
        self._import = js_object(source=None)

    async def take(self, frame: Frame) -> None:
        """Take over `frame`."""
        if hasattr(frame, "displayWidth"):
            self._borrow(cast("VideoFrame", frame))
        else:
            self._copy(await _within_limits(frame))

    def _borrow(self, frame: VideoFrame) -> None:
        self.clear()
        self._frame, self.way = frame, "importExternalTexture"
        self.size = fit_within(Size(frame.displayWidth, frame.displayHeight))
        self._import.source = frame
        self.picture = self._binder.bind("external", self._gpu.device.importExternalTexture(self._import))

    def _copy(self, bitmap: Bitmap) -> None:
        self.clear()
        self._frame, self.way = bitmap, "copyExternalImageToTexture"
        self.size = Size(bitmap.width, bitmap.height)
        self.picture = self._slot.load(bitmap, self.size)

    @property
    def frame(self) -> Frame | None:
        """The frame itself, which stays ours."""
        return self._frame

    def hand_over(self) -> Frame | None:
        """Give the frame away, its ownership with it."""
        frame, self._frame, self.picture = self._frame, None, None
        return frame

    def clear(self) -> None:
        """Let go of the frame."""
        frame = self.hand_over()
        self._import.source = None
        if frame is not None:
            frame.close()


async def _within_limits(bitmap: Bitmap) -> Bitmap:
    """Return `bitmap`, scaled down to what every texture can hold if it must be."""
    size = Size(bitmap.width, bitmap.height)
    if max(size) <= MAX_SIDE:
        return bitmap
    width, height = fit_within(size)
    try:
        settings = js_object(resizeWidth=width, resizeHeight=height, resizeQuality="high")
        smaller: Bitmap = await createImageBitmap(bitmap, settings)
    finally:
        bitmap.close()
    return smaller
