"""The segmentation service: a picture in, the picture and its mask out; nothing is painted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyodide.ffi import JsException

from pyselfie.browser.runtime_keeper import RuntimeKeeper
from pyselfie.browser.service.bitmaps import MaskMaker, PictureMaker
from pyselfie.browser.service.model_lane import ModelLane
from pyselfie.runtimes.auto import Probe

if TYPE_CHECKING:
    from pyselfie.browser.js_types import Bitmap, Host, VideoFrame
    from pyselfie.browser.service.service_client import ServiceClient


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

    Attributes
    ----------
    turn : asyncio.Lock
        Held by whoever uses `load` or `segment`; it is given in the order of the requests.
    is_over : bool
        Whether the last client has gone.
    """

    def __init__(self, host: Host, *, requested: str, lock: asyncio.Lock) -> None:
        self.turn = asyncio.Lock()
        self.is_over = False
        self._host = host
        probe = host.probe
        self._keeper = RuntimeKeeper(
            host,
            Probe(probe.hasWebGpu, probe.adapter, probe.isSoftware, probe.threads),
            requested,
            "canvas2d",  # the mask leaves as a picture, so it has to come back from the GPU
            lock=lock,
            on_change=self._on_change,
        )
        self._clients: list[ServiceClient] = []
        self._lanes: dict[int, ModelLane] = {}
        self._pictures = PictureMaker()
        self._masks = MaskMaker()

    def join(self, client: ServiceClient) -> None:
        """Serve `client`, too."""
        self._clients.append(client)

    async def leave(self, client: ServiceClient) -> None:
        """Forget `client`; with the last one the models go, once the picture under way is done."""
        self._clients.remove(client)
        if self._clients:
            return
        self.is_over = True
        async with self.turn:
            self._drop_lanes()

    @property
    def backend(self) -> tuple[str, str]:
        """What runs the models, and why."""
        return self._keeper.backend, self._keeper.reason

    def _on_change(self, sentence: str) -> None:
        for client in self._clients[:1]:  # one console, one warning
            client.post("notice", code="backend", message=sentence)

    async def load(self, model: int) -> list[Bitmap]:
        """Have the model ready; there is nothing to send back."""
        await self._lane(model)
        return []

    async def segment(self, frame: Bitmap | VideoFrame, model: int, *, mirror: bool) -> list[Bitmap]:
        """Return the picture, mirrored if asked, and the mask of just that picture, both of the frame's size."""
        picture = await self._pictures.make(frame, mirror=mirror)
        try:
            mask = await self._run(picture, model)
            return [picture, self._masks.make(mask, picture.width, picture.height)]
        except BaseException:
            picture.close()
            raise

    async def _run(self, picture: Bitmap, model: int) -> Any:
        """Run the model, on the next backend if this one fails."""
        while True:
            lane = await self._lane(model)
            try:
                async with self._keeper.lock:
                    return await lane.segment(picture)
            except JsException as error:
                self._drop_lanes()
                self._keeper.recover(f"{error.name}: {error.message}", lost=False)

    async def _lane(self, model: int) -> ModelLane:
        if model not in self._lanes:
            self._tell_loading(on=True)
            try:
                self._lanes[model] = ModelLane(self._host, await self._keeper.load(model))
            finally:
                self._tell_loading(on=False)
        return self._lanes[model]

    def _tell_loading(self, *, on: bool) -> None:
        """Tell the page, which must not take the worker's silence for its death."""
        for client in self._clients:
            client.post("loading", on=on)

    def _drop_lanes(self) -> None:
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()
