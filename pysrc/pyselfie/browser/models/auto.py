"""``model="auto"`` in an engine: `core.tiers` decides, this tells it what happens and asks it when it matters."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from pyselfie.core.manifest import ModelFileError
from pyselfie.core.options import AUTO, MODEL_NAMES
from pyselfie.core.tiers import INTERVAL_MS, RICH, Tiers, Trial, TrialBrokenOffError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from pyselfie.browser.models.loader import ModelChoice, ModelLoader
    from pyselfie.browser.models.running import RunningModel

_RICH_NUMBER = MODEL_NAMES.index(RICH)


class AutoModel:
    """Turns the wish for `AUTO` into the number of a model, and says so again when it is another one.

    Parameters
    ----------
    loader : ModelLoader
        Knows whether a hardware GPU runs the models.
    on_change : callable
        Called when another model may be the right one.
    spawn : callable
        Runs a coroutine in the background.
    clock : callable
        ``clock()`` returns the time in seconds.

    Attributes
    ----------
    is_on : bool
        Whether the choice is wanted: the option is `AUTO`.
    """

    def __init__(
        self,
        loader: ModelLoader,
        on_change: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_on = False
        self._loader = loader
        self._tiers = Tiers(has_gpu=loader.has_gpu, clock=clock)
        self._on_change = on_change
        self._spawn = spawn
        self._choice = self._tiers.choose()
        self._is_trying = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def reason(self) -> str | None:
        """Why the model is chosen; None: somebody has asked for it."""
        return self._choice.reason if self.is_on else None

    def resolve(self, choice: ModelChoice) -> ModelChoice:
        """Return what is to be loaded for the option's value; from here on it counts whether that is `AUTO`."""
        self.is_on = choice.number == AUTO
        return choice._replace(number=MODEL_NAMES.index(self._choice.model)) if self.is_on else choice

    def set_interval(self, interval_ms: float | None) -> None:
        """Take the time between two frames of the source; None: as usual."""
        self._tiers.interval_ms = interval_ms or INTERVAL_MS

    def new_source(self) -> None:
        """Another source begins."""
        self._tiers.new_source()

    def see(self, model: RunningModel, *, photo: bool) -> None:
        """Take the kind of a frame that has come; a live one does not begin with multiclass where that is too slow."""
        self._tiers.see(photo=photo)
        if not photo and self._runs_rich(model):
            self.review(model)

    async def ready(self, model: RunningModel) -> None:
        """Wait while the model that runs would hold live frames up for seconds, and another one is on its way."""
        if self.is_on and not self._loader.has_gpu and self._choice.model != RICH and self._runs_rich(model):
            await model.settled()

    @staticmethod
    def _runs_rich(model: RunningModel) -> bool:
        return model.running is not None and model.running.number == _RICH_NUMBER

    def painted(self, model: RunningModel, total_ms: float, *, overloaded: bool) -> None:
        """Take what a frame has cost, and whether masks have been reused for long.

        Nothing else is loaded before the first frame is painted.
        """
        self._tiers.learn_frame(total_ms)
        if overloaded:
            self._tiers.learn_overload()
        self.review(model)

    def refused(self, choice: ModelChoice, error: Exception, sentence: str) -> ModelChoice | None:
        """Take it that a model could not be loaded; returns which one is chosen instead, None: that is not known."""
        if not self.is_on or choice.number != _RICH_NUMBER:
            return None
        self._tiers.learn_failure(f"multiclass could not be loaded: {sentence}", may_pass=may_pass(error))
        self._choice = self._tiers.choose()
        return self.resolve(choice._replace(number=AUTO))

    def close(self) -> None:
        """Ask no more."""
        self.is_on = False
        if self._timer is not None:
            self._timer.cancel()

    def review(self, model: RunningModel) -> None:
        """See whether another model is the right one by now, and whether one has to be measured."""
        if not self.is_on:
            if model.wanted.number != _RICH_NUMBER:
                model.drop_spare()
            return
        if self._loader.has_gpu:
            self._tiers.gain_gpu()
        else:
            self._tiers.lose_gpu()
        before, self._choice = self._choice, self._tiers.choose()
        if self._choice != before:
            self._on_change()
        if not self._tiers.will_want_rich:
            model.drop_spare()
        if self._tiers.wants_trial and not self._is_trying and model.is_running:
            self._is_trying = True
            self._spawn(self._try(model))
        if self._tiers.wait_s > 0 and self._timer is None:  # a photo brings no other frame to ask at
            self._timer = asyncio.get_running_loop().call_later(self._tiers.wait_s, self._ask_again, model)

    def _ask_again(self, model: RunningModel) -> None:
        self._timer = None
        self.review(model)

    async def _try(self, model: RunningModel) -> None:
        """Measure multiclass beside the model that runs; its runtime is kept for when it is chosen."""
        trial = Trial(self._tiers.allowed_ms)
        try:
            await model.measure(_RICH_NUMBER, trial)
        except TrialBrokenOffError:
            pass  # `review` begins another one
        except Exception as error:
            self._tiers.learn_failure(f"multiclass could not be measured: {error}", may_pass=may_pass(error))
        else:
            self._tiers.learn_trial(trial)
        finally:
            self._is_trying = False
        self.review(model)
        model.tell()


def may_pass(error: Exception) -> bool:
    """Whether what has failed may work another time: a download."""
    return isinstance(error, ModelFileError) or getattr(error, "name", "") == "DownloadError"
