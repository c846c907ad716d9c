"""The JavaScript objects that the worker's Python handles, as protocols.

They spell out what is used and nothing more, so that mypy checks the browser code and the tests can pass in
plain Python objects of the same shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, overload

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from numpy.typing import NDArray


class TypedArray(Protocol):
    """A JavaScript typed array."""

    def assign(self, source: NDArray[Any]) -> None:
        """Copy `source`'s bytes into the array."""

    def assign_to(self, target: NDArray[Any]) -> None:
        """Copy the array's bytes into `target`."""


class Buffer(Protocol):
    """A JavaScript ``ArrayBuffer``."""

    def to_bytes(self) -> bytes:
        """Return a copy."""


class Drawable(Protocol):
    """Anything with pixels that a canvas can draw."""

    width: int
    height: int


class Bitmap(Protocol):
    """An ``ImageBitmap``: whoever holds it closes it."""

    width: int
    height: int

    def close(self) -> None:
        """Free the pixels."""


class VideoFrame(Protocol):
    """A WebCodecs ``VideoFrame``: whoever holds it closes it."""

    displayWidth: int  # noqa: N815
    displayHeight: int  # noqa: N815
    visibleRect: Any  # noqa: N815
    format: str | None

    def close(self) -> None:
        """Give the frame back to its source."""


Frame: TypeAlias = Bitmap | VideoFrame
"""What the page's sources bring."""


class ImageData(Protocol):
    """Straight RGBA pixels."""

    data: TypedArray


Path2D: TypeAlias = Any
"""A ``Path2D``: made from a string, and given to a context."""


class Context2D(Protocol):
    """An ``OffscreenCanvasRenderingContext2D``."""

    fillStyle: str  # noqa: N815
    globalCompositeOperation: str  # noqa: N815
    imageSmoothingQuality: str  # noqa: N815

    def clearRect(self, x: float, y: float, width: float, height: float) -> None: ...  # noqa: N802, D102
    def clip(self, path: Path2D) -> None: ...  # noqa: D102
    def drawImage(self, image: Any, *place: float) -> None: ...  # noqa: N802, D102
    def fill(self, path: Path2D) -> None: ...  # noqa: D102
    def fillRect(self, x: float, y: float, width: float, height: float) -> None: ...  # noqa: N802, D102
    def getImageData(self, x: int, y: int, width: int, height: int, settings: Any = None) -> Any: ...  # noqa: N802, D102
    def putImageData(self, image: ImageData, x: int, y: int) -> None: ...  # noqa: N802, D102
    def restore(self) -> None: ...  # noqa: D102
    def save(self) -> None: ...  # noqa: D102
    def setTransform(self, *matrix: float) -> None: ...  # noqa: N802, D102


class OffscreenCanvas(Protocol):
    """A canvas that a worker may paint."""

    width: int
    height: int

    def convertToBlob(self) -> Awaitable[Any]: ...  # noqa: N802, D102
    def transferToImageBitmap(self) -> Bitmap: ...  # noqa: N802, D102
    @overload
    def getContext(self, kind: Literal["2d"], settings: Any = None) -> Context2D: ...
    @overload
    def getContext(self, kind: Literal["webgpu"]) -> Any: ...


class OrtSession(Protocol):
    """One ONNX Runtime Web session behind the bridge (``web/js/worker/ort_bridge.js``)."""

    def bind(self, tensor: Any) -> None:
        """Take a proxy of the float32 input array; the bridge sees it through a live view."""

    def runFor(self, extras: Any, alone: bool, done: Any, failed: Any) -> None:  # noqa: N802
        """Run the model on the bound input, and call a proxy with the mask or with the error.

        `extras`: names of outputs that `extra` may give; `alone`: the picture is not of the film.
        """

    def set(self, name: str, value: float) -> None:
        """Feed this value to the setting from the next run on."""

    def extra(self, name: str) -> TypedArray:
        """Return another output of the last run."""

    def reset(self) -> None:
        """Forget what one run has given to the next."""

    def dispose(self) -> Awaitable[None]:
        """Free the session and the view."""


GpuDevice: TypeAlias = Any
"""A ``GPUDevice``; WebGPU is used by calls alone, and spelling its standard out here would help nobody."""

GpuBuffer: TypeAlias = Any
"""A ``GPUBuffer``."""


class GpuSession(Protocol):
    """One session on GPU buffers (``web/js/worker/gpu_session.js``), which it owns."""

    device: GpuDevice
    input: GpuBuffer
    output: GpuBuffer

    def run(self) -> Awaitable[None]:
        """Hand one run from `input` to `output` to the GPU."""

    def buffer(self, name: str) -> GpuBuffer:
        """Return the buffer of an output besides the mask."""

    def aside(self, name: str) -> GpuBuffer:
        """Return the buffer of a glance's picture, or of an output that it is to have."""

    def glance(self) -> Awaitable[None]:
        """Hand a run on another picture to the GPU; its state is any, and none is left."""

    def set(self, name: str, value: float) -> None:
        """Feed this value to the setting from the next run on."""

    def reset(self) -> None:
        """Forget what one run has given to the next."""

    def dispose(self) -> Awaitable[None]:
        """Free the session and its buffers."""


class OrtBridge(Protocol):
    """``web/js/worker/ort_bridge.js``: create, run, dispose."""

    version: str

    def createOnGpu(self, model: Any, spec: Any) -> Awaitable[GpuSession]:  # noqa: N802
        """Create a session on WebGPU whose input and output stay on the GPU."""

    def dropDevice(self) -> None:  # noqa: N802
        """Let the next session have a new WebGPU device."""

    def create(self, model: Any, spec: Any, backend: str) -> Awaitable[OrtSession]:
        """Create a session from the model's bytes."""

    def onDeviceLost(self, callback: Any) -> None:  # noqa: N802
        """Call `callback` with a reason when the WebGPU device is lost."""


class Host(Protocol):
    """What ``web/js/worker.js`` lends to Python: downloads, the runtime bridge, and the way back to the page."""

    bridge: OrtBridge
    probe: Any
    hashesFiles: bool  # noqa: N815 - it has compared each file with its hash in the site's list

    def loadModel(self, file: str, name: str) -> Awaitable[Any]:  # noqa: N802
        """Download a model; resolves to its ``ArrayBuffer``."""

    def painted(self, width: int, height: int, total_ms: float) -> None:
        """Report one painted frame."""

    def downloaded(self) -> None:
        """Report how many bytes came over the wire."""

    def dropped(self) -> None:
        """Report one frame that was replaced by a newer one before its turn."""

    def post(self, message: str) -> None:
        """Send one of `protocol.FromPython` to the page, as JSON."""

    def halfFloats(self, pixels: Any) -> TypedArray:  # noqa: N802
        """Return the 16-bit floats of an ``ImageData`` as a ``Uint16Array``, as Pyodide knows no ``Float16Array``."""

    def deliver(self, request: int, bitmaps: list[Bitmap]) -> None:
        """Answer the page's request with bitmaps, their ownership with them."""

    def effectRuns(self, number: int) -> None:  # noqa: N802
        """Tell the page that the code of its text of this number is about to run."""

    def composite(self, form: str, canvas: OffscreenCanvas, timestamp: float | None) -> None:
        """Send the page what is on the canvas, of this timestamp in microseconds, in the form that `SetTap` has."""

    def trace(self, message: str, pictures: Any) -> None:
        """Send the page what a frame has become: JSON, and the steps' pictures by their names."""

    def reply(self, request: int, value: Any, error: str | None) -> None:
        """Answer the page's request number `request`."""
