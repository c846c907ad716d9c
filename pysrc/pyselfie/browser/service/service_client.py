"""One segmenter of the page: its requests, answered in the order of their arrival."""

from __future__ import annotations

import asyncio
import json
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

from pyodide.ffi import JsException

from pyselfie.browser.models.loader import EngineError
from pyselfie.core.manifest import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from pyselfie.browser.js_types import Bitmap, Frame, Host
    from pyselfie.browser.protocol.incoming import Prepare, Segment, ToService
    from pyselfie.browser.protocol.outgoing import FromService
    from pyselfie.browser.service.segmentation_service import SegmentationService

_KNOWN = (ModelFileError, EngineError, JsException, ValueError)
"""Errors whose message is a sentence for the page; anything else is a fault of ours and goes to the console, too."""


class ServiceClient:
    """Takes the messages of one channel to the service and sends back what comes of them.

    Parameters
    ----------
    service : SegmentationService
        Where the models are; shared.
    host : Host
        The channel's JavaScript side.
    options_json : str
        ``{"modelSelection": 0 or 1}``: the model to begin with.
    """

    def __init__(self, service: SegmentationService, host: Host, options_json: str) -> None:
        self._service = service
        self._host = host
        self._first_model: int = json.loads(options_json).get("modelSelection", 0)
        self._is_closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        service.join(self)

    def start(self) -> None:
        """Begin to load the first model. A failure is reported, not raised."""
        self._spawn(self._start())

    async def _start(self) -> None:
        try:
            async with self._service.turn:
                if self._is_closed:
                    return
                await self._service.load(self._first_model)
        except Exception as error:
            self.post({"type": "error", "code": "model", "message": _sentence(error), "action": "retry"})
            return
        backend, reason = self._service.backend
        self.post({"type": "ready", "backend": backend, "reason": reason})

    def receive(self, message: ToService) -> None:
        """Take one message of the page."""
        getattr(self, f"_on_{message.type}")(message)

    def _on_prepare(self, message: Prepare) -> None:
        self._spawn(self._answer(message.request, partial(self._service.load, message.model)))

    def _on_segment(self, message: Segment) -> None:
        frame = message.frame
        work = partial(self._service.segment, frame, message.model, mirror=message.mirror)
        self._spawn(self._answer(message.request, work, frame))

    async def _answer(
        self, request: int, work: Callable[[], Awaitable[list[Bitmap]]], frame: Frame | None = None
    ) -> None:
        """Do one piece of work when its turn comes, and send what it gives or why it failed."""
        async with self._service.turn:
            if self._is_closed:  # nobody waits for it any more, and others do
                if frame is not None:
                    frame.close()
                return
            try:
                bitmaps = await work()
            except Exception as error:
                self._host.reply(request, None, _sentence(error))
                return
        self._host.deliver(request, bitmaps)

    def close(self) -> asyncio.Task[None]:
        """Drop what has not begun; the last client's end frees the models, when all pictures are done."""
        self._is_closed = True
        return self._spawn(self._service.leave(self))

    def post(self, message: FromService) -> None:
        """Send a message."""
        self._host.post(json.dumps(message))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _sentence(error: Exception) -> str:
    """Return a sentence for the page; what is a fault of ours goes to the console, too."""
    if isinstance(error, JsException):
        return f"This picture could not be segmented ({error.name}: {error.message})."
    if isinstance(error, _KNOWN):
        return str(error)
    traceback.print_exception(error)
    return f"This picture could not be segmented ({type(error).__name__}: {error})."
