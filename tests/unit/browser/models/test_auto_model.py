"""`AutoModel` between the engine and the choice of the model; adapter, clock and models are the tests' own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from pyselfie.browser.models.auto import AutoModel
from pyselfie.core.options import AUTO
from pyselfie.core.tiers import QUIET_S, Trial

if TYPE_CHECKING:
    import pytest

GENERAL, LANDSCAPE, MULTICLASS = 0, 1, 2


class Choice(NamedTuple):
    number: int
    edges: str = "refined"


class Loader:
    """Knows what the adapter is."""

    def __init__(self, has_gpu: bool) -> None:
        self.has_gpu = has_gpu


class Model:
    """Runs what it is told to, and takes as long for multiclass as it is told."""

    is_running = True

    def __init__(self, ms: float | Exception) -> None:
        self._ms = ms
        self.measured = 0
        self.has_spare = False
        self.told = 0
        self.wanted = self.running = Choice(GENERAL)

    def tell(self) -> None:
        self.told += 1

    async def measure(self, number: int, trial: Trial) -> None:
        assert number == MULTICLASS
        self.measured += 1
        await asyncio.sleep(0)
        if isinstance(self._ms, Exception):
            raise self._ms
        while not trial.is_done:
            trial.add(self._ms)
        self.has_spare = True

    def drop_spare(self) -> None:
        self.has_spare = False


class Engine:
    """What the engine does with the choice, and no more."""

    def __init__(self, *, has_gpu: bool, ms: float | Exception = 9.0) -> None:
        self.loader, self.model = Loader(has_gpu), Model(ms)
        self.numbers: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.now = 50.0
        self.auto: Any = AutoModel(self.loader, self.want, self.spawn, lambda: self.now)  # type: ignore[arg-type]
        self.asked = AUTO
        self.want()

    def want(self) -> None:
        number = self.auto.resolve(Choice(self.asked)).number
        self.model.wanted = self.model.running = Choice(number)
        if self.numbers[-1:] != [number]:
            self.numbers.append(number)

    def spawn(self, work: Any) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    async def show(self, count: int, *, photo: bool = False, ms: float = 5.0) -> None:
        for _ in range(count):
            self.auto.see(self.model, photo=photo)
            self.auto.painted(self.model, ms, overloaded=False)
            await asyncio.sleep(0)
            await asyncio.gather(*self.tasks)


def test_camera_on_a_gpu_gets_multiclass_once_it_is_measured() -> None:
    """The light model paints at once; multiclass is measured once, beside it, and taken over with its runtime."""

    async def run() -> None:
        engine = Engine(has_gpu=True)
        await engine.show(1)
        await engine.show(30)
        assert engine.numbers == [GENERAL, MULTICLASS]
        assert (engine.model.measured, engine.model.has_spare) == (1, True)
        assert engine.auto.reason == "multiclass takes 9.0 ms here, a frame has 20.0 ms for it"

    asyncio.run(run())


def test_gpu_that_is_too_slow_keeps_the_light_model() -> None:
    """What was measured is freed, nothing is exchanged, and the page, which has shown a download, is told why."""

    async def run() -> None:
        engine = Engine(has_gpu=True, ms=45)
        await engine.show(30)
        assert engine.numbers == [GENERAL]
        assert (engine.model.measured, engine.model.has_spare, engine.model.told) == (1, False, 1)
        assert engine.auto.reason == "multiclass takes 45.0 ms here, a frame has 20.0 ms for it"

    asyncio.run(run())


def test_trial_that_fails_is_not_tried_again() -> None:
    """Its sentence is the reason for the light model."""

    async def run() -> None:
        engine = Engine(has_gpu=True, ms=RuntimeError("no memory"))
        await engine.show(30)
        assert (engine.numbers, engine.model.measured) == ([GENERAL], 1)
        assert engine.auto.reason == "multiclass could not be measured: no memory"

    asyncio.run(run())


def test_measured_model_is_kept_while_it_only_waits_for_its_turn() -> None:
    """A model that was exchanged less than 15 s ago stays for now; what was measured needs no other download then."""

    async def run() -> None:
        engine = Engine(has_gpu=True)
        await engine.show(1, photo=True)
        engine.now += 1
        await engine.show(3)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL]
        assert (engine.model.measured, engine.model.has_spare) == (1, True)
        engine.now += QUIET_S
        await engine.show(1)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL, MULTICLASS]
        assert engine.model.has_spare
        engine.auto.close()

    asyncio.run(run())


def test_measured_model_is_freed_when_another_one_is_asked_for() -> None:
    """Nobody waits for it any more."""

    async def run() -> None:
        engine = Engine(has_gpu=True)
        await engine.show(1, photo=True)
        engine.now += 1
        await engine.show(3)
        assert engine.model.has_spare
        engine.asked = LANDSCAPE
        engine.want()
        engine.auto.review(engine.model)
        assert not engine.model.has_spare
        engine.auto.close()

    asyncio.run(run())


def test_slow_frames_bring_the_light_model_back() -> None:
    """Once, after 15 s at the earliest; nothing is measured again for this source."""

    async def run() -> None:
        engine = Engine(has_gpu=True)
        await engine.show(2)
        changes = []
        for second in range(1, 61):
            engine.now += 1
            before = len(engine.numbers)
            await engine.show(1, ms=80)
            if len(engine.numbers) > before:
                changes.append(second)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL]
        assert changes == [QUIET_S]
        assert engine.model.measured == 1

    asyncio.run(run())


def test_cpu_shows_photos_with_multiclass() -> None:
    """Nothing is measured: a photo gets it after its first composite, a camera the light model at once."""

    async def run() -> None:
        engine = Engine(has_gpu=False)
        engine.auto.see(engine.model, photo=True)
        assert engine.numbers == [GENERAL]
        await engine.show(1, photo=True)
        assert engine.numbers == [GENERAL, MULTICLASS]
        await engine.show(10)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL]
        assert engine.model.measured == 0
        engine.auto.close()

    asyncio.run(run())


def test_photo_that_came_too_soon_gets_its_model_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that had to wait is made by a timer, as a photo brings no other frame."""

    async def run() -> None:
        later: list[tuple[Any, ...]] = []

        def call_later(*call: Any) -> Any:
            later.append(call)
            return call

        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", call_later)
        engine = Engine(has_gpu=False)
        await engine.show(1, photo=True)
        await engine.show(1)
        engine.now += 4
        await engine.show(1, photo=True)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL]
        [(delay, ask, *arguments)] = later
        engine.now += delay
        ask(*arguments)
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL, MULTICLASS]

    asyncio.run(run())


def test_model_that_was_asked_for_stays() -> None:
    """Without the option's `auto` nothing is measured or changed, whatever is shown."""

    async def run() -> None:
        engine = Engine(has_gpu=True)
        engine.asked = LANDSCAPE
        engine.want()
        await engine.show(30)
        assert engine.numbers == [GENERAL, LANDSCAPE]
        assert engine.model.measured == 0
        assert engine.auto.reason is None

    asyncio.run(run())


def test_download_that_fails_leaves_the_light_model() -> None:
    """The engine is told that nothing else has to be said; a failure of another model is somebody else's matter."""

    async def run() -> None:
        engine = Engine(has_gpu=False)
        await engine.show(1, photo=True)
        assert not engine.auto.refused(Choice(GENERAL), OSError(), "No.")
        assert engine.auto.refused(Choice(MULTICLASS), OSError(), "No answer from the server.") == Choice(GENERAL)
        engine.want()
        assert engine.numbers == [GENERAL, MULTICLASS, GENERAL]
        assert engine.auto.reason == "multiclass could not be loaded: No answer from the server."
        engine.asked = MULTICLASS
        engine.want()
        assert not engine.auto.refused(Choice(MULTICLASS), OSError(), "No.")
        engine.auto.close()

    asyncio.run(run())
