"""The worker's brain: takes the page's messages, runs the frame loop, reports back."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pyselfie.browser.engine.mailbox import Mailbox
from pyselfie.browser.engine.questions import Questions
from pyselfie.browser.engine.repainter import Repainter
from pyselfie.browser.engine.reporter import Reporter, sentence_of
from pyselfie.browser.engine.tracer import Tracer
from pyselfie.browser.engine.user_effect import UserEffect
from pyselfie.browser.models.auto import AutoModel
from pyselfie.browser.models.gpu_events import GpuEvents
from pyselfie.browser.models.loader import ModelChoice, ModelLoader
from pyselfie.browser.models.running import RunningModel
from pyselfie.browser.output import Output
from pyselfie.core.effects import has_edge, without_edge
from pyselfie.core.options import AUTO, OptionError, Options, parse_changes
from pyselfie.core.pacing import Pacer
from pyselfie.core.platform_blur import PlatformBlur
from pyselfie.core.timing import StageClock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.models.loader import Changing
    from pyselfie.browser.protocol import incoming, outgoing
    from pyselfie.core.gpu_check import Trust


class Engine:
    """One engine: one output canvas, one model at a time.

    Parameters
    ----------
    host : Host
        The worker's JavaScript side.
    canvas : OffscreenCanvas
        The output.
    options_json : str
        The first options, JSON.
    requested : str
        Backend: ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    painter : str
        ``"auto"``, ``"webgpu"`` or ``"canvas2d"``.
    lock : asyncio.Lock
        Held while ONNX Runtime is in use; shared by all engines of a worker.
    trust : Trust
        The verdicts on the GPU; shared as well.
    """

    def __init__(
        self,
        host: Host,
        canvas: Any,
        options_json: str,
        *,
        requested: str,
        painter: str,
        lock: asyncio.Lock,
        trust: Trust,
    ) -> None:
        self._host = host
        self._lock = lock
        self._clock = StageClock()
        self._blur = PlatformBlur()
        self._reporter = Reporter(host, self._clock)
        self._post = self._reporter.post
        self._loader = ModelLoader(host, requested, painter, lock=lock, trust=trust, on_change=self._notice)
        self._output = Output(canvas, self._clock, self._post, self._gpu_fault)
        self._auto = AutoModel(self._loader, self._model_changed, self._spawn)
        first = ModelChoice(0, Options.edges)
        self._options, first = self._with_changes(Options(), first, _one_by_one(options_json))
        self._model = RunningModel(
            self._loader,
            self._output,
            self._reporter,
            refresh=partial(self._output.refresh, self._options_now),
            on_refused=self._model_refused,
            first=self._auto.resolve(first),
        )
        self._note_auto()
        self._mailbox = Mailbox(host.dropped, lambda: self._auto.ready(self._model))
        self._tasks: set[asyncio.Task[None]] = set()
        self._pacer: Pacer | None = None
        self._repainter = Repainter(
            self._output,
            self._reporter,
            wanted=lambda: self._blur.painted(self._options),
            affordable=self._options_now,
            guarded=self._model.guarded,
            spawn=self._spawn,
        )
        parts = (host, self._output, self._loader, self._model)
        self._effect = UserEffect(*parts, post=self._post, repaint=self._repainter.soon, spawn=self._spawn)
        self._questions = Questions(self._output, self._reporter, self._repainter, spawn=self._spawn)
        self._tracer = Tracer(
            host,
            self._output,
            self._reporter,
            options=self._options_now,
            guarded=self._model.guarded,
            spawn=self._spawn,
        )
        gpu_parts = (host, self._loader, self._model)
        self._gpu = GpuEvents(*gpu_parts, post=self._post, spawn=self._spawn, on_painted=self._report_painted)
        self._parts_messages = self._forwards()

    def _forwards(self) -> dict[str, Callable[[Any], None]]:
        """Return who takes which messages."""
        return {
            "custom_effect": self._effect.take,
            "effect_values": self._effect.set,
            "trace": self._tracer.set,
            "traced": self._tracer.answer,
            "canvas": lambda message: self._output.take_canvas(message.canvas),
            "mask": self._questions.mask,
            "classes": self._questions.classes,
            "snapshot": self._questions.snapshot,
        }

    def _with_changes(
        self, options: Options, model: ModelChoice, lot: list[dict[str, Any]]
    ) -> tuple[Options, ModelChoice]:
        """Return changed options and the wanted model; of bad changes the page is told, and they change nothing."""
        for changes in lot:
            try:
                parsed = parse_changes(changes)
            except OptionError as error:
                self._refuse(str(error))
                continue
            model = ModelChoice(parsed.pop("model_selection", model.number), parsed.get("edges", model.edges))
            options = options.updated(parsed)
        return options, model

    @property
    def _asked(self) -> ModelChoice:
        """Which model the options ask for."""
        wanted = self._model.wanted
        return wanted._replace(number=AUTO) if self._auto.is_on else wanted

    def _note_auto(self) -> None:
        self._model.auto_reason = self._auto.reason

    def _model_changed(self) -> None:
        self._want(self._asked)

    def _want(self, choice: ModelChoice) -> None:
        """Load what is asked for, if it is something else."""
        resolved = self._auto.resolve(choice)
        self._note_auto()  # first, as the page is told at once where nothing need be loaded
        if self._model.want(resolved):
            self._spawn(self._model.switch())

    def _model_refused(self, choice: ModelChoice, error: Exception) -> ModelChoice | None:
        instead = self._auto.refused(choice, error, sentence_of(error, "The model could not be loaded"))
        self._note_auto()
        return instead

    def _options_now(self) -> Options:
        """Return what is painted: without the better edge where there is no time for it."""
        options = self._blur.painted(self._options)
        if self._pacer is not None and self._pacer.edge_dropped:
            return without_edge(options)
        return options

    def _refuse(self, sentence: str) -> None:
        self._post({"type": "error", "code": "option", "message": sentence, "action": None})

    def _notice(self, code: Changing | Literal["camera"], sentence: str) -> None:
        self._post({"type": "notice", "code": code, "message": sentence})

    def _gpu_fault(self, sentence: str) -> None:
        self._gpu.fault(sentence)

    def start(self) -> None:
        """Begin to load the first model; afterwards the frame loop runs. Failures are reported, not raised."""
        self._spawn(self._start())

    async def _start(self) -> None:
        try:
            await self._model.install()
        except Exception as error:
            if not self._mailbox.closed:
                self._reporter.error(error, "The engine could not start")
            return
        if self._mailbox.closed:  # while the model was loading
            return
        self._post({"type": "ready", **self._model.status()})
        self._host.downloaded()
        self._spawn(self._model.switch())  # to what was asked for while it started, if that was something else
        self._spawn(self._effect.fit_painter())
        await self._loop()

    def receive(self, message: incoming.ToEngine) -> None:
        """Take one message of the page: its part's, or the engine's own."""
        (self._parts_messages.get(message.type) or getattr(self, f"_on_{message.type}"))(message)

    def _on_frame(self, message: incoming.ShowFrame) -> None:
        is_cut = message.isCut or message.isPhoto
        if is_cut:
            self._questions.cut_has_come()
        if message.isFirst:
            self._auto.new_source()
            self._output.new_source()
        self._auto.see(self._model, photo=message.isPhoto)
        self._output.expect(photo=message.isPhoto)
        self._blur.arrives(is_blurred=message.isBlurred)
        self._mailbox.offer(message.frame, is_cut=is_cut, mask=message.mask)

    def _on_options(self, message: incoming.SetOptions) -> None:
        lot = json.loads(message.changes)
        self._options, model = self._with_changes(self._options, self._asked, lot)
        self._want(model)
        self._auto.review(self._model)
        self._repainter.soon(message.lot)

    def _on_backdrop(self, message: incoming.SetBackdrop) -> None:
        self._output.set_backdrop(message.bitmap)
        self._repainter.soon(message.lot)

    def _on_tap(self, message: incoming.SetTap) -> None:
        self._output.set_tap(partial(self._host.composite, message.form) if message.on else None)
        self._pacer = Pacer(message.intervalMs) if message.on else None
        self._auto.set_interval(message.intervalMs if message.on else None)
        self._repainter.soon()

    def _on_reset(self, _message: incoming.Reset) -> None:
        self._mailbox.clear()
        self._questions.cut_is_over()
        self._auto.new_source()
        self._output.reset()
        self._blur.reset()
        self._clock.clear()

    def close(self) -> asyncio.Task[None]:
        """End the frame loop and free everything once the frame under way is done, as the task that is returned is."""
        self._mailbox.close()
        self._questions.cut_is_over()
        self._auto.close()
        self._loader.close()
        self._tracer.close()
        self._output.end()
        return self._spawn(self._close())

    async def _close(self) -> None:
        async with self._lock:
            self._model.drop_spare()
            self._output.close()
        self._host.bridge.dropDevice()
        self._gpu.close()

    async def _loop(self) -> None:
        """Take each newest frame through the pipeline; no frame's failure ends the loop."""
        async for letter in self._mailbox:
            if sentence := self._blur.begin(self._options):
                self._notice("camera", sentence)
            fresh = letter.is_cut or self._pacer is None or self._pacer.wants_mask()
            work = partial(self._output.process, letter, self._options_now, fresh_mask=fresh)
            painted = await self._model.guarded(work)
            self._blur.end(painted=painted)
            if painted:
                self._report_painted()
            else:
                self._host.dropped()
            if not self._mailbox.has_cut:
                self._questions.cut_is_over()

    def _report_painted(self) -> None:
        pacer, seconds, has_camera_mask = self._pacer, None, self._output.has_camera_mask
        if pacer is not None:
            infer_ms = self._clock.last("infer") if self._clock.ran("infer") else 0.0 if has_camera_mask else None
            painted = self._blur.painted(self._options)
            needs = {"needs_mask": self._output.needs_mask(painted), "wants_edge": has_edge(painted)}
            pacer.learn(self._clock.last("total"), infer_ms, **needs)
            seconds = pacer.overload()
            if seconds is not None:
                self._post({"type": "overload", "framesPerMask": pacer.frames_per_mask, "seconds": round(seconds, 1)})
        if not has_camera_mask:  # it says nothing of what a model costs, and a better one would not run
            self._auto.painted(self._model, self._clock.last("total"), overloaded=seconds is not None)
        self._reporter.painted(self._output.size, self._stats)
        self._gpu.painted()

    def _stats(self) -> outgoing.Stats:
        clock, size = self._clock, self._output.size
        pacing: outgoing.Pacing = {}
        if self._pacer is not None:
            pacing = {
                "framesPerMask": self._pacer.frames_per_mask,
                "masksReused": self._pacer.reused,
                "edgeDropped": self._pacer.edge_dropped and has_edge(self._options),
            }
        return {
            "type": "stats",
            **self._model.status(),
            **pacing,
            "fps": clock.fps,
            "frames": clock.frames,
            "stages": clock.summary(),
            "width": size.width,
            "height": size.height,
            "wayIn": self._output.way_in,
            "maskFrom": "camera" if self._output.has_camera_mask else "model",
        }

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _one_by_one(options_json: str) -> list[dict[str, Any]]:
    """Return the first options as changes of one each: a bad one does not take the others with it."""
    return [{name: value} for name, value in json.loads(options_json).items()]
