"""The quality lab of a page: its requests, answered one after the other."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.engine.reporter import sentence_of
from pyselfie.browser.lab.pixels import as_bitmap, over_white, read_rgba, size_of
from pyselfie.browser.page_engine import use_host
from pyselfie.core.pictures import LUMA
from pyselfie.evaluation.comparison import Setting
from pyselfie.evaluation.fit import UnfitError
from pyselfie.evaluation.lab import Lab, view_size
from pyselfie.evaluation.levels import levels_of
from pyselfie.evaluation.names import pair_names

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Bitmap, Host
    from pyselfie.browser.protocol.incoming import AskCsv, AskTable, AskViews, Measure, PlanLab, ToLab
    from pyselfie.browser.protocol.outgoing import FromService

    Picture = NDArray[np.uint8]


class LabClient:
    """Takes the messages of one channel to a `Lab` and sends back what comes of them.

    Models run on WebAssembly, whatever the browser offers: so the numbers are those of `pyselfie evaluate`.

    Parameters
    ----------
    host : Host
        The channel's JavaScript side.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use; shared by all channels of a worker.
    """

    def __init__(self, host: Host, *, lock: asyncio.Lock) -> None:
        self._host = host
        self._lock = lock
        self._turn = asyncio.Lock()
        self._lab: Lab | None = None
        self._is_clip = False
        self._is_closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        use_host(host)

    def start(self) -> None:
        """Tell the page that all is here; models come when they are needed."""
        ready: FromService = {"type": "ready", "backend": "wasm", "reason": "its numbers are those of the command line"}
        self._host.post(json.dumps(ready))

    def receive(self, message: ToLab) -> None:
        """Take one message of the page."""
        self._spawn(self._answer(message))

    async def _answer(self, message: ToLab) -> None:
        """Do one piece of work when its turn comes, and send what it gives or why it failed."""
        frames = [getattr(message, name, None) for name in ("picture", "truth")]
        async with self._turn:
            try:
                if self._is_closed:
                    return
                answer = await getattr(self, f"_on_{message.type}")(message)
            except Exception as error:
                self._host.reply(message.request, None, _sentence(error))
                return
            finally:
                for frame in frames:
                    if frame is not None:
                        frame.close()
        if isinstance(answer, list):
            self._host.deliver(message.request, answer)
        else:
            self._host.reply(message.request, answer, None)

    async def _on_plan(self, message: PlanLab) -> str:
        plan = json.loads(message.plan)
        settings = [Setting(**setting) for setting in plan["settings"]]
        self._drop_lab()
        self._lab, self._is_clip = Lab(settings, is_clip=plan["clip"]), plan["clip"]
        pairs, problems = pair_names(plan["pictures"], plan["truths"])
        return json.dumps({"pairs": [pair._asdict() for pair in pairs], "problems": problems})

    async def _on_measure(self, message: Measure) -> None:
        rgb = over_white(read_rgba(message.picture))
        truth = self._truth(message)
        async with self._lock:
            await self._opened.measure(message.name, rgb, truth)

    async def _on_table(self, message: AskTable) -> str:
        return json.dumps(self._opened.comparison.table(message.order, descending=message.descending))

    async def _on_views(self, message: AskViews) -> list[Bitmap]:
        size = view_size(*size_of(message.picture))
        rgb = over_white(read_rgba(message.picture, size))
        truth = self._truth(message, size)
        return [as_bitmap(view) for view in self._opened.views(message.kind, message.name, rgb, truth)]

    async def _on_csv(self, message: AskCsv) -> str:
        return self._opened.comparison.as_csv(message.side)

    def _truth(self, message: Measure | AskViews, size: tuple[int, int] | None = None) -> Picture | None:
        """Return a message's truth, uint8 [H, W]; that of a video never has an alpha, nor labels."""
        if message.truth is None:
            return None
        rgba = read_rgba(message.truth, size)
        if self._is_clip:
            levels: Picture = np.rint(rgba[..., :3] @ LUMA).astype(np.uint8)
            return levels
        return levels_of(rgba, f"the mask of {message.name}", has_palette=message.hasPalette)

    @property
    def _opened(self) -> Lab:
        if self._lab is None:
            raise UnfitError("nothing has been planned yet")
        return self._lab

    def _drop_lab(self) -> None:
        if self._lab is not None:
            self._lab.close()
            self._lab = None

    def close(self) -> asyncio.Task[None]:
        """Drop what has not begun, and free the models when what is under way is done."""
        self._is_closed = True
        return self._spawn(self._leave())

    async def _leave(self) -> None:
        async with self._turn:
            self._drop_lab()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _sentence(error: Exception) -> str:
    """Return why something could not be measured."""
    return str(error) if isinstance(error, UnfitError) else sentence_of(error, "this could not be measured")
