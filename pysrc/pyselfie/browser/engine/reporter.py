"""What an engine tells the page: events, statistics, failures in one sentence, and answers to its questions."""

from __future__ import annotations

import json
import time
import traceback
from typing import TYPE_CHECKING, Any

from pyodide.ffi import JsException, to_js

from pyselfie.browser.interop import js_object
from pyselfie.browser.models.loader import EngineError
from pyselfie.core.classes import NoClassesError
from pyselfie.core.manifest import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.protocol.outgoing import FromEngine, Stats
    from pyselfie.core.geometry import Size
    from pyselfie.core.timing import StageClock

STATS_INTERVAL_S = 0.5
NO_PNG = "The browser could not make a PNG"
NOTHING_YET = "There is no picture yet: nothing has been segmented."


class Reporter:
    """Sends the page what it should know about one engine.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side.
    clock : StageClock
        Where the stages' times are; forgotten when what is measured changes.
    """

    def __init__(self, host: Host, clock: StageClock) -> None:
        self._host = host
        self.clock = clock
        self._last_stats = 0.0

    def post(self, message: FromEngine) -> None:
        """Send a message."""
        self._host.post(json.dumps(message))

    def frame_failed(self, error: Exception) -> None:
        """Tell that one picture failed; the next one gets its chance."""
        self.error(error, "The engine stumbled over this picture")

    def error(self, error: Exception, what: str) -> None:
        """Tell of a failure; what the sentence does not say goes to the console.

        Parameters
        ----------
        error : Exception
            Any; those that bring no sentence for the user get one.
        what : str
            What failed, for that sentence: "The engine stumbled over this picture".
        """
        code = "model" if isinstance(error, ModelFileError) else "engine"
        self.post({"type": "error", "code": code, "message": sentence_of(error, what), "action": "retry"})

    def painted(self, size: Size, make_stats: Callable[[], Stats]) -> None:
        """Tell of a painted frame, and of the statistics when it is time."""
        self._host.painted(size.width, size.height, self.clock.last("total"))
        now = time.monotonic()
        if now - self._last_stats >= STATS_INTERVAL_S:
            self._last_stats = now
            self.post(make_stats())

    async def answer_mask(self, reading: Awaitable[NDArray[np.float32] | None], request: int) -> None:
        """Answer with the last mask at the model's size."""
        try:
            mask = await reading
        except Exception as error:
            self.refuse(request, error, "The mask could not be read")
            return
        if mask is None:
            self._host.reply(request, None, NOTHING_YET)
        else:
            height, width = mask.shape
            self._host.reply(request, js_object(width=width, height=height, data=to_js(mask.ravel())), None)

    async def answer_classes(
        self, reading: Awaitable[tuple[tuple[str, ...], NDArray[np.float32]] | None], request: int
    ) -> None:
        """Answer with what the model tells apart in the last frame, at the model's size."""
        try:
            classes = await reading
        except Exception as error:
            self.refuse(request, error, "The classes could not be read")
            return
        if classes is None:
            self._host.reply(request, None, NOTHING_YET)
            return
        names, planes = classes
        _, height, width = planes.shape
        data = to_js(planes.ravel())
        self._host.reply(request, js_object(width=width, height=height, names=list(names), data=data), None)

    async def answer_snapshot(self, picture: Awaitable[Any] | None, request: int) -> None:
        """Answer with the composite as PNG, or that there is none."""
        if picture is None:
            self._host.reply(request, None, NOTHING_YET)
            return
        try:
            png = await picture
        except Exception as error:
            self.refuse(request, error, NO_PNG)
        else:
            self._host.reply(request, png, None if png is not None else NOTHING_YET)

    def refuse(self, request: int, error: Exception, what: str) -> None:
        """Answer that it failed: whoever has asked waits for an answer, whatever happens."""
        self._host.reply(request, None, sentence_of(error, what))


def sentence_of(error: Exception, what: str) -> str:
    """Return the error's own sentence for the user, or one made of its name; the rest goes to the console."""
    if isinstance(error, (ModelFileError, EngineError)):
        return str(error)
    if isinstance(error, NoClassesError):
        return f"{str(error).capitalize()}."
    if isinstance(error, JsException):
        return error.message if error.name == "DownloadError" else f"{what} ({error.name}: {error.message})."
    traceback.print_exception(error)
    return f"{what} ({type(error).__name__}: {error})."
