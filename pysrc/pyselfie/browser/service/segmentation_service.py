"""The segmentation service: a picture in, the picture and its mask out; nothing is painted."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pyodide.ffi import JsException

from pyselfie.browser.canvas.float_sampler import finest_sampler
from pyselfie.browser.canvas.segmenter import Segmenter
from pyselfie.browser.models.check.gpu_check import GpuCheck
from pyselfie.browser.models.loader import ModelChoice, ModelLoader
from pyselfie.browser.service.bitmaps import FrameBitmaps, MaskBitmaps
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from pyselfie.browser.js_types import Bitmap, Frame, Host
    from pyselfie.browser.models.loader import Changing
    from pyselfie.browser.protocol.outgoing import GpuChecked, Notice
    from pyselfie.browser.service.service_client import ServiceClient
    from pyselfie.core.gpu_check import Trust, Verdict
    from pyselfie.runtimes.base import Runtime


class SegmentationService:
    """The models of all segmenters of a page, which stay loaded once they were used, and one picture at a time.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side; the first client's will do for all.
    requested : str
        Backend: ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use; shared by all channels of a worker.
    trust : Trust
        The verdicts on the GPU; shared as well.

    Attributes
    ----------
    turn : asyncio.Lock
        Held by whoever uses `load` or `segment`; it is given in the order of the requests.
    is_over : bool
        Whether the last client has gone.
    """

    def __init__(self, host: Host, *, requested: str, lock: asyncio.Lock, trust: Trust) -> None:
        self.turn = asyncio.Lock()
        self.is_over = False
        self._host = host
        painter = "canvas2d"  # the mask leaves as a picture, so it has to come back from the GPU
        self._loader = ModelLoader(host, requested, painter, lock=lock, trust=trust, on_change=self._on_change)
        self._tasks: set[asyncio.Task[None]] = set()
        self._check = GpuCheck(
            self._loader,
            post=self._post,
            loading=self._loading,
            on_verdict=lambda verdict: self._spawn(self._heed(verdict)),
            spawn=self._spawn,
            drop_device=host.bridge.dropDevice,
        )
        self._clients: list[ServiceClient] = []
        self._loads = 0  # under way
        self._segmenters: dict[int, Segmenter] = {}
        self._frames = FrameBitmaps()
        self._masks = MaskBitmaps()

    def join(self, client: ServiceClient) -> None:
        """Serve `client`, too."""
        self._clients.append(client)

    async def leave(self, client: ServiceClient) -> None:
        """Forget `client`; with the last one the models go, once the picture under way is done."""
        self._clients.remove(client)
        if self._clients:
            return
        self.is_over = True
        self._loader.close()
        async with self.turn:
            self._drop_segmenters()
            self._frames.close()
        self._host.bridge.dropDevice()

    @property
    def backend(self) -> tuple[str, str]:
        """What runs the models, and why."""
        return self._loader.backend, self._loader.reason

    def _on_change(self, code: Changing, sentence: str) -> None:
        self._post({"type": "notice", "code": code, "message": sentence})

    def _post(self, message: Notice | GpuChecked) -> None:
        for client in self._clients[:1]:  # one console, one warning
            client.post(message)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _heed(self, verdict: Verdict) -> None:
        """Let the next picture's model run where the verdict says."""
        async with self.turn:
            self._loader.heed(verdict)
            if self._loader.backend != "wasm":
                self._drop_segmenters()

    async def load(self, model: int) -> list[Bitmap]:
        """Have the model ready; there is nothing to send back."""
        await self._segmenter(model)
        return []

    async def segment(self, frame: Frame, model: int, *, mirror: bool) -> list[Bitmap]:
        """Return the picture, mirrored if asked, and the mask of just that picture, both of the frame's size."""
        picture = await self._frames.make(frame, mirror=mirror)
        try:
            mask = await self._run(picture, model)
            bitmaps = [picture, self._masks.make(mask, picture.width, picture.height)]
        except BaseException:
            picture.close()
            raise
        self._check.painted()
        return bitmaps

    async def _run(self, picture: Bitmap, model: int) -> Any:
        """Run the model, on the next backend if this one fails."""
        while True:
            segmenter = await self._segmenter(model)
            try:
                async with self._loader.lock:
                    segmenter.reset()  # pictures of several clients: none says anything of the next
                    return await segmenter.segment(picture, Size(picture.width, picture.height))
            except JsException as error:
                self._drop_segmenters()
                self._loader.recover(f"{error.name}: {error.message}", lost=False)

    async def _segmenter(self, model: int) -> Segmenter:
        if model not in self._segmenters:
            with self._loading():
                runtime = cast("Runtime", await self._loader.load(ModelChoice(model, "raw")))
                sampler = finest_sampler(self._host, runtime.spec.width, runtime.spec.height)
                self._segmenters[model] = Segmenter(runtime, sampler)
        return self._segmenters[model]

    @contextmanager
    def _loading(self) -> Iterator[None]:
        """Tell the page, which must not take the worker's silence for its death."""
        self._loads += 1
        self._tell_loading()
        try:
            yield
        finally:
            self._loads -= 1
            self._tell_loading()

    def _tell_loading(self) -> None:
        for client in self._clients:
            client.post({"type": "loading", "on": self._loads > 0})

    def _drop_segmenters(self) -> None:
        for segmenter in self._segmenters.values():
            segmenter.close()
        self._segmenters.clear()
