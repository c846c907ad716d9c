"""The segmentation service: a picture in, the picture and its mask out; nothing is painted."""

from __future__ import annotations

import asyncio
import json
import traceback
from typing import TYPE_CHECKING, Any

from pyodide.ffi import JsException

from pyselfie.browser.runtime_keeper import EngineError, RuntimeKeeper
from pyselfie.browser.service.bitmaps import MaskMaker, PictureMaker
from pyselfie.browser.service.model_lane import ModelLane
from pyselfie.core.manifest import ModelFileError
from pyselfie.runtimes.auto import Probe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from pyselfie.browser.js_types import Bitmap, Host, VideoFrame

_KNOWN = (ModelFileError, EngineError, JsException, ValueError)
"""Errors whose message is a sentence for the page; anything else is a fault of ours and goes to the console, too."""


class SegmentationService:
    """Answers every request in the order of its arrival; the models stay loaded once they were used.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side.
    options_json : str
        ``{"modelSelection": 0 or 1}``: the model to begin with.
    requested : str
        Backend: ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use; shared by all channels of a worker.
    """

    def __init__(self, host: Host, options_json: str, *, requested: str, lock: asyncio.Lock) -> None:
        self._host = host
        probe = host.probe
        self._keeper = RuntimeKeeper(
            host,
            Probe(probe.hasWebGpu, probe.adapter, probe.isSoftware, probe.threads),
            requested,
            "canvas2d",  # the mask leaves as a picture, so it has to come back from the GPU
            lock=lock,
            on_change=lambda sentence: self._post("notice", code="backend", message=sentence),
        )
        self._first_model: int = json.loads(options_json).get("modelSelection", 0)
        self._lanes: dict[int, ModelLane] = {}
        self._pictures = PictureMaker()
        self._masks = MaskMaker()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to load the first model. A failure is reported, not raised."""
        self._spawn(self._start())

    async def _start(self) -> None:
        try:
            async with self._turn:
                await self._lane(self._first_model)
        except _KNOWN as error:
            self._post("error", code="model", message=_sentence(error), action="retry")
            return
        self._post("ready", backend=self._keeper.backend, reason=self._keeper.reason)

    def receive(self, message: Any) -> None:
        """Take one message of the page; see ``web/js/mediapipe/service.js`` for their forms."""
        getattr(self, f"_on_{message.type}")(message)

    def _on_prepare(self, message: Any) -> None:
        self._spawn(self._answer(message.request, self._prepare(message.model)))

    def _on_segment(self, message: Any) -> None:
        work = self._segment(message.frame, message.model, mirror=message.mirror)
        self._spawn(self._answer(message.request, work))

    async def _answer(self, request: int, work: Awaitable[list[Bitmap]]) -> None:
        """Do one piece of work when its turn comes, and send what it gives or why it failed."""
        async with self._turn:
            try:
                bitmaps = await work
            except Exception as error:
                if not isinstance(error, _KNOWN):
                    traceback.print_exception(error)
                self._host.reply(request, None, _sentence(error))
                return
        self._host.deliver(request, bitmaps)

    async def _prepare(self, model: int) -> list[Bitmap]:
        await self._lane(model)
        return []

    async def _segment(self, frame: Bitmap | VideoFrame, model: int, *, mirror: bool) -> list[Bitmap]:
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
            self._lanes[model] = ModelLane(self._host, await self._keeper.load(model))
        return self._lanes[model]

    def close(self) -> None:
        """Free the models once the picture under way is done."""
        self._spawn(self._close())

    async def _close(self) -> None:
        async with self._turn:
            self._drop_lanes()

    def _drop_lanes(self) -> None:
        for lane in self._lanes.values():
            lane.close()
        self._lanes.clear()

    def _post(self, kind: str, **detail: Any) -> None:
        self._host.post(kind, json.dumps(detail))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _sentence(error: Exception) -> str:
    if isinstance(error, JsException):
        return f"This picture could not be segmented ({error.name}: {error.message})."
    if isinstance(error, _KNOWN):
        return str(error)
    return f"This picture could not be segmented ({type(error).__name__}: {error})."
