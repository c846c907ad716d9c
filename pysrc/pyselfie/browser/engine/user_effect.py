"""Effects that the page has in Python: taken while others run, and the page told what became of them."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyselfie.core.option import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas
    from pyselfie.browser.js_types import Host
    from pyselfie.browser.models.loader import ModelLoader
    from pyselfie.browser.models.running import RunningModel
    from pyselfie.browser.output import Output
    from pyselfie.browser.protocol import incoming, outgoing
    from pyselfie.custom.effect import CustomEffect

WHY_CANVAS = "an effect in Python reads the frame's pixels"


class UserEffect:
    """Holds the user's effect of one engine.

    Parameters
    ----------
    host : Host
        Is told before the user's code runs, which may never return.
    output : Output
        Paints by it.
    loader : ModelLoader
        Is told which painter is needed.
    model : RunningModel
        Changes the painter.
    post : callable
        Sends the page a message.
    repaint : callable
        Has the frame in hand painted once more.
    spawn : callable
        Runs a coroutine in the background.
    """

    def __init__(
        self,
        host: Host,
        output: Output,
        loader: ModelLoader,
        model: RunningModel,
        *,
        post: Callable[[outgoing.FromEngine], None],
        repaint: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._host, self._output, self._loader, self._model = host, output, loader, model
        self._post, self._repaint, self._spawn = post, repaint, spawn
        self._custom: CustomEffectCanvas | None = None
        self._paints = self._needs_canvas = False
        self._good: int | None = None
        self._refused: tuple[CustomEffect | None, str] | None = None
        self._told: tuple[Any, ...] | None = None
        self._waits_for_lot = False

    def take(self, message: incoming.SetCustomEffect) -> None:
        """Paint by another text; None goes back to the options' effect. One that cannot be loaded changes nothing."""
        if message.source is None:
            self._custom = self._refused = self._told = self._good = None
            self._output.set_custom_effect(None)
            self._paints = False
            self._choose_painter()
            self._repaint()
            return
        custom = self._custom = self._custom or self._new()
        if message.ended:
            custom.live.give_up(message.source, message.name, message.ended)
        else:
            custom.live.load(message.source, message.name, json.loads(message.values), message.number)
        if custom.live.newest is not None and not self._paints:
            self._paints = True
            self._output.set_custom_effect(custom)
        self._choose_painter()
        self._tell_of(custom)
        self._repaint()

    def _choose_painter(self) -> None:
        """Let Canvas 2D paint as long as an effect may need the frame's pixels, which WebGPU keeps."""
        needs_canvas = self._custom is not None and self._custom.live.sees_frame
        if needs_canvas == self._needs_canvas:
            return
        self._needs_canvas = needs_canvas
        self._loader.need_canvas(WHY_CANVAS if needs_canvas else None)
        self._model.painter_changes()
        self._spawn(self.fit_painter())

    async def fit_painter(self) -> None:
        """Let another painter go on with the model, if the loader has come to say that another one has to."""
        await self._model.settled()
        if self._model.is_running and self._loader.painter[0] != self._output.painter:
            await self._model.follow_loader()

    def _new(self) -> CustomEffectCanvas:
        from pyselfie.browser.canvas.custom_effect import CustomEffectCanvas  # noqa: PLC0415 - few pages have one
        from pyselfie.custom.live import LiveEffect  # noqa: PLC0415 - as above

        custom = CustomEffectCanvas(LiveEffect(watch=self._watched), lambda: self._has_run(custom))
        return custom

    def _has_run(self, custom: CustomEffectCanvas) -> None:
        """Tell what has come of it; with an overlay that has proved good, painting may go back to WebGPU."""
        self._choose_painter()
        self._tell_of(custom)

    @contextmanager
    def _watched(self, number: int) -> Iterator[None]:
        from pyselfie.custom.stopping import stoppable  # noqa: PLC0415 - as above

        self._host.effectRuns(number)
        with stoppable():
            yield

    def set(self, message: incoming.SetEffectValues) -> None:
        """Set the effect's controls; a wrong value is told, and sets none of them."""
        if self._custom is None or not self._paints:
            return
        try:
            self._custom.live.set(json.loads(message.values))
        except OptionError as error:
            self._refuse(str(error))
        self._tell_of(self._custom)
        self._repaint()

    def _tell_of(self, custom: CustomEffectCanvas) -> None:
        """Tell the page what has changed: a new mistake, the effect's controls, what it costs, what it has printed."""
        live = custom.live
        error, lot = live.error, live.console.take()
        if error is not None and (live.newest, str(error)) != self._refused:  # it may be tried with many a picture
            self._refused = live.newest, str(error)
            self._refuse(f"{error}.")
        if live.good is not None and live.good != self._good:
            self._good = live.good
            self._post({"type": "effect_good", "number": live.good})
        told = live.newest, error, live.running, live.newest and live.newest.values
        is_other_cost = live.cost.review()
        if is_other_cost or told != self._told or lot is not None:
            self._told = told
            printed = None if lot is None else json.dumps(lot._asdict(), ensure_ascii=False)
            state = json.dumps(live.as_dict(), ensure_ascii=False)
            self._post({"type": "effect", "state": state, "printed": printed})
        wait_s = live.console.wait_s
        if wait_s is not None and not self._waits_for_lot:
            self._waits_for_lot = True
            self._spawn(self._tell_later(wait_s))

    async def _tell_later(self, wait_s: float) -> None:
        """Tell of what was printed too soon after the last lot: on a still no other picture would bring it."""
        await asyncio.sleep(wait_s)
        self._waits_for_lot = False
        if self._custom is not None:
            self._tell_of(self._custom)

    def _refuse(self, sentence: str) -> None:
        self._post({"type": "error", "code": "option", "message": sentence, "action": None})
