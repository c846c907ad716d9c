"""``model="auto"``: which model runs, and why. Nothing here loads, measures or waits: a test's clock can drive it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pyselfie.core.timing import is_pause

if TYPE_CHECKING:
    from collections.abc import Callable

LIGHT, RICH = "general", "multiclass"

INTERVAL_MS = 1000 / 30
"""Between two frames of a source that has not said otherwise."""

SHARE = 0.6
"""Part of a frame's interval that the model may take; the rest is for painting, and for the page."""

QUIET_S = 15.0
"""Between two changes of the model for the same source: what is seen must not flicker between two kinds of edge."""

SLOW_S = 5.0
"""Frames that take longer than their interval for as long as this are no passing spell."""

RETRY_S = 30.0
"""Between two attempts to get the rich model, after one that has failed for a reason that may pass."""

WARM_UPS, RUNS = 5, 15
"""Of a trial: the first runs compile shaders and wake the GPU."""

_WEIGHT = 0.1  # of the newest frame in the running mean


class Choice(NamedTuple):
    """A model's name, and why it was chosen, for people to read."""

    model: str
    reason: str


class TrialBrokenOffError(Exception):
    """A trial was ended by what has nothing to do with the model: another one may begin at once."""


class Trial:
    """What something takes here: the 75th percentile of some runs after others that warm up.

    Parameters
    ----------
    allowed_ms : float, optional
        What it may take: the trial ends before all runs are done once none of the missing ones can make it fit.
    runs, warm_ups : int, optional
        How many count, and how many come before them.
    """

    def __init__(self, allowed_ms: float = math.inf, *, runs: int = RUNS, warm_ups: int = WARM_UPS) -> None:
        self._allowed_ms = allowed_ms
        self._runs, self._warm_ups = runs, warm_ups
        self._runs_ms: list[float] = []

    def add(self, ms: float) -> None:
        """Take what a run has cost, in milliseconds."""
        self._runs_ms.append(ms)

    @property
    def is_whole(self) -> bool:
        """Whether all runs are done."""
        return len(self._runs_ms) >= self._warm_ups + self._runs

    @property
    def is_done(self) -> bool:
        """Whether there were runs enough to tell whether the model fits."""
        return self.is_whole or self.least_ms > self._allowed_ms

    @property
    def p75_ms(self) -> float:
        """Milliseconds that three of four runs need at most."""
        return float(np.percentile(self._runs_ms[self._warm_ups :], 75))

    @property
    def least_ms(self) -> float:
        """What `p75_ms` will be at least when all runs are done."""
        counted = self._runs_ms[self._warm_ups :]
        return float(np.percentile([0.0] * (self._runs - len(counted)) + counted, 75))


class Tiers:
    """Chooses between the light model and the rich one.

    Parameters
    ----------
    has_gpu : bool
        Whether a hardware GPU runs the models.
    clock : callable
        ``clock()`` returns the time in seconds.

    Attributes
    ----------
    interval_ms : float
        Time between two frames of the source.
    """

    def __init__(self, *, has_gpu: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._has_gpu = has_gpu
        self.interval_ms = INTERVAL_MS
        self._clock = clock
        self._choice = Choice(LIGHT, "the light model starts at once")
        self._changed_at = -QUIET_S
        self._is_live: bool | None = None  # None: no frame of this source yet
        self._is_new = False  # no choice has been made for this source yet
        self._measured_ms: float | None = None
        self._short_ms: float | None = None  # of a trial that has ended early: no budget up to this is enough
        self._failure = ""
        self._retry_at = math.inf
        self._frame_ms: float | None = None
        self._frame_at = -math.inf
        self._slow_since: float | None = None
        self._stepped_back = ""

    @property
    def wants_trial(self) -> bool:
        """Whether the rich model should be measured now."""
        is_out = bool(self._failure or self._stepped_back)
        return self._has_gpu and self._is_live is True and not self._is_measured and not is_out

    @property
    def allowed_ms(self) -> float:
        """What the rich model may take for a live frame."""
        return SHARE * self.interval_ms

    @property
    def _is_measured(self) -> bool:
        """Whether it is known that the rich model fits, or that it does not."""
        if self._measured_ms is None:
            return False
        return self._short_ms is None or self._short_ms > self.allowed_ms

    @property
    def will_want_rich(self) -> bool:
        """Whether the rich model is what should run, now or when the model may change again."""
        return self._wanted().model == RICH

    def new_source(self) -> None:
        """Forget what belongs to the source before."""
        self._is_live = None
        self._is_new = True
        self._stepped_back = ""
        self._forget_frames()
        self._try_again()

    def see(self, *, photo: bool) -> None:
        """Take the kind of a frame; one of another kind is of a new source, and so is each photo."""
        if self._is_live is photo:
            self.new_source()
        elif photo:
            self._try_again()
        self._is_live = not photo

    def _try_again(self) -> None:
        if self._clock() >= self._retry_at:
            self._failure, self._retry_at = "", math.inf

    def lose_gpu(self) -> None:
        """Take it that the GPU has failed for good."""
        self._is_new |= self._has_gpu
        self._has_gpu = False

    def gain_gpu(self) -> None:
        """Take it that a hardware GPU runs the models from now on."""
        self._has_gpu = True

    def learn_trial(self, trial: Trial) -> None:
        """Take what the rich model costs here."""
        self._measured_ms = trial.p75_ms
        self._short_ms = None if trial.is_whole else trial.least_ms

    def learn_failure(self, why: str, *, may_pass: bool = False) -> None:
        """Take it that the rich model cannot be had, and does not run.

        Parameters
        ----------
        why : str
            A sentence.
        may_pass : bool
            Whether a later source may try again, `RETRY_S` from now.
        """
        self._failure = why
        self._retry_at = self._clock() + RETRY_S if may_pass else math.inf
        self._choice = Choice(LIGHT, why)

    def learn_frame(self, total_ms: float) -> None:
        """Take what a frame has cost, all of it: the rich model goes when live frames stay too slow for `SLOW_S`."""
        if self._choice.model != RICH or not self._is_live:
            return
        now = self._clock()
        if is_pause(self._frame_at, now, total_ms):  # it says nothing of how long frames take
            self._forget_frames()
        self._frame_at = now
        before = total_ms if self._frame_ms is None else self._frame_ms
        self._frame_ms = before + _WEIGHT * (total_ms - before)
        if self._frame_ms <= self.interval_ms:
            self._slow_since = None
            return
        self._slow_since = now if self._slow_since is None else self._slow_since
        if now - self._slow_since >= SLOW_S:
            self._step_back(f"frames took {self._frame_ms:.0f} ms with multiclass")

    def learn_overload(self) -> None:
        """Take it that masks have been reused for long, because there was no time for new ones."""
        if self._choice.model == RICH and self._is_live:
            self._step_back("multiclass had no time for each frame's mask")

    def _step_back(self, why: str) -> None:
        self._stepped_back = f"{why}, and there are {self.interval_ms:.0f} ms between two"
        self._measured_ms = None  # the next source measures anew

    def choose(self) -> Choice:
        """Return what should run now.

        The choice changes at most once in `QUIET_S`. Only a new source for which the rich model is too slow gets the
        light one at once, and a source whose GPU has failed.
        """
        wanted = self._wanted()
        if wanted.model != self._choice.model:
            if self.wait_s > 0 and not (self._is_new and wanted.model == LIGHT):
                return self._choice
            self._changed_at = self._clock()
            self._forget_frames()
        self._is_new = self._is_new and self._is_live is None
        self._choice = wanted
        return wanted

    @property
    def wait_s(self) -> float:
        """Seconds until the model may change again."""
        return max(0.0, self._changed_at + QUIET_S - self._clock())

    def _wanted(self) -> Choice:
        if self._failure:
            return Choice(LIGHT, self._failure)
        if self._is_live is None:
            return self._choice
        return self._wanted_live() if self._is_live else Choice(RICH, "a photo has time for multiclass")

    def _wanted_live(self) -> Choice:
        if not self._has_gpu:
            return Choice(LIGHT, "without a hardware GPU multiclass is for photos only")
        if self._stepped_back:
            return Choice(LIGHT, self._stepped_back)
        if self._measured_ms is None or not self._is_measured:
            return Choice(LIGHT, "multiclass is being measured")
        reason = f"multiclass takes {self._measured_ms:.1f} ms here, a frame has {self.allowed_ms:.1f} ms for it"
        return Choice(RICH if self._measured_ms <= self.allowed_ms else LIGHT, reason)

    def _forget_frames(self) -> None:
        self._frame_ms = self._slow_since = None
