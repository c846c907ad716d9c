"""`model="auto"` on a simulated clock: what is chosen, why, and how often it may change."""

from __future__ import annotations

import random

import pytest

from pyselfie.core.tiers import LIGHT, QUIET_S, RETRY_S, RICH, RUNS, SLOW_S, WARM_UPS, Tiers, Trial


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def trial(ms: float) -> Trial:
    made = Trial()
    for _ in range(WARM_UPS):
        made.add(1000.0)
    while not made.is_done:
        made.add(ms)
    return made


@pytest.fixture
def rich(time: Time) -> Tiers:
    """Return tiers that have chosen the rich model for a live source."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.see(photo=False)
    tiers.learn_trial(trial(9))
    assert tiers.choose().model == RICH
    return tiers


def live(tiers: Tiers, time: Time, seconds: float, frame_ms: float) -> list[str]:
    """Show frames 30 times a second; return what ran for each."""
    models = []
    for _ in range(round(seconds * 30)):
        time.now += 1 / 30
        tiers.see(photo=False)
        tiers.learn_frame(frame_ms)
        models.append(tiers.choose().model)
    return models


def test_trial_counts_the_slowest_quarter_and_no_warm_up() -> None:
    """The 75th percentile of the runs after the warm-ups: a slow first run and one hiccup say nothing."""
    made = Trial()
    for ms in [900.0] * WARM_UPS + [10.0] * (RUNS - 1):
        made.add(ms)
        assert not made.is_done
    made.add(500.0)
    assert made.is_done
    assert made.p75_ms == 10.0


def test_light_model_starts_at_once(time: Time) -> None:
    """Before the first frame, and before anything is measured, the light model is the choice."""
    tiers = Tiers(has_gpu=True, clock=time)
    assert tiers.choose() == (LIGHT, "the light model starts at once")
    assert not tiers.wants_trial
    tiers.see(photo=False)
    assert tiers.choose() == (LIGHT, "multiclass is being measured")
    assert tiers.wants_trial


def test_gpu_that_is_fast_enough_gets_multiclass(time: Time) -> None:
    """A hardware GPU takes multiclass over when it fits its share of a frame's interval, and says both numbers."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.see(photo=False)
    tiers.learn_trial(trial(9))
    assert tiers.choose() == (RICH, "multiclass takes 9.0 ms here, a frame has 20.0 ms for it")
    assert not tiers.wants_trial


@pytest.mark.parametrize(("interval_ms", "model"), [(1000 / 30, RICH), (1000 / 60, LIGHT)], ids=["30 fps", "60 fps"])
def test_budget_is_that_of_the_source(time: Time, interval_ms: float, model: str) -> None:
    """What fits 30 frames a second is too slow for 60."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.interval_ms = interval_ms
    tiers.see(photo=False)
    tiers.learn_trial(trial(15))
    assert tiers.choose().model == model


def test_cpu_has_multiclass_for_photos_only(time: Time) -> None:
    """Without a hardware GPU a photo gets multiclass, a camera never does, nor is it measured there."""
    tiers = Tiers(has_gpu=False, clock=time)
    tiers.see(photo=True)
    assert tiers.choose() == (RICH, "a photo has time for multiclass")
    tiers.see(photo=False)
    assert tiers.choose() == (LIGHT, "without a hardware GPU multiclass is for photos only")
    assert not tiers.wants_trial


def test_trial_ends_once_no_run_can_change_the_verdict() -> None:
    """A model that is too slow costs nine or ten runs, one that fits all of them."""
    for ms, runs in [(45.0, WARM_UPS + 4), (21.0, WARM_UPS + 5), (19.0, WARM_UPS + RUNS)]:
        made, count = Trial(20.0), 0
        while not made.is_done:
            made.add(ms)
            count += 1
        assert (count, made.p75_ms, made.is_whole) == (runs, ms, ms == 19.0)


@pytest.mark.parametrize("seed", range(200))
def test_trial_that_ends_early_has_the_verdict_of_all_runs(seed: int) -> None:
    """Whatever the runs take."""
    chance = random.Random(seed)  # noqa: S311 - a test
    short, whole = Trial(20.0), Trial()
    while not whole.is_done:
        ms = chance.gauss(20, 6) if chance.random() < 0.9 else 200.0
        whole.add(ms)
        if not short.is_done:
            short.add(ms)
    assert (short.least_ms > 20.0) == (whole.p75_ms > 20.0)
    assert short.least_ms <= whole.least_ms == whole.p75_ms


def test_trial_that_ended_early_counts_for_its_budget_only(time: Time) -> None:
    """At 60 frames a second the rest did not matter; at 20 it is measured anew, as it may fit."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.interval_ms = 1000 / 60
    tiers.see(photo=False)
    short = Trial(tiers.allowed_ms)
    while not short.is_done:
        short.add(18.0)
    tiers.learn_trial(short)
    assert tiers.choose() == (LIGHT, "multiclass takes 18.0 ms here, a frame has 10.0 ms for it")
    assert not tiers.wants_trial
    tiers.interval_ms = 1000 / 20
    assert tiers.choose() == (LIGHT, "multiclass is being measured")
    assert tiers.wants_trial


@pytest.mark.parametrize("photo", [False, True], ids=["another source", "another photo"])
def test_failure_that_may_pass_is_forgotten_after_a_while(time: Time, photo: bool) -> None:
    """A download is tried again for a later source or photo, not for the same one, and not at once."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.see(photo=photo)
    tiers.learn_failure("no answer", may_pass=True)

    def show_another() -> str:
        if not photo:
            tiers.new_source()
        tiers.see(photo=photo)
        return tiers.choose().reason

    time.now += RETRY_S - 1
    assert show_another() == "no answer"
    time.now += 1
    assert tiers.choose().reason == "no answer", "the same source"
    assert show_another() == ("a photo has time for multiclass" if photo else "multiclass is being measured")


def test_multiclass_that_cannot_be_had_is_not_asked_for_again(time: Time) -> None:
    """A failed download leaves the light model, with the failure as the reason, whatever is shown later."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.see(photo=False)
    tiers.learn_failure("multiclass could not be loaded: no answer")
    assert tiers.choose() == (LIGHT, "multiclass could not be loaded: no answer")
    tiers.new_source()
    tiers.see(photo=True)
    assert tiers.choose().model == LIGHT
    assert not tiers.wants_trial
    time.now += 10 * RETRY_S
    tiers.new_source()
    tiers.see(photo=True)
    assert tiers.choose().model == LIGHT, "nobody has said that it may pass"


def test_pause_is_no_slowness(rich: Tiers, time: Time) -> None:
    """Two slow frames with a hidden tab between them are two slow frames, however long it was hidden."""
    time.now += QUIET_S
    for _ in range(5):
        assert set(live(rich, time, 0.1, 60)) == {RICH}
        time.now += 60


def test_frames_of_seconds_are_slow(rich: Tiers, time: Time) -> None:
    """Frames that each take longer than a pause are no pauses."""
    time.now += QUIET_S
    for _ in range(4):
        time.now += 2
        rich.learn_frame(1990)
    assert rich.choose().model == LIGHT


def test_slow_frames_step_back_after_a_while(rich: Tiers, time: Time) -> None:
    """Frames that stay too slow bring the light model back, not before the last change is old enough."""
    assert set(live(rich, time, QUIET_S - 1, 60)) == {RICH}
    assert live(rich, time, 2, 60)[-1] == LIGHT
    assert rich.choose().reason == "frames took 60 ms with multiclass, and there are 33 ms between two"
    assert set(live(rich, time, 120, 10)) == {LIGHT}
    assert not rich.wants_trial
    rich.new_source()
    rich.see(photo=False)
    assert rich.wants_trial


def test_reused_masks_step_back(rich: Tiers, time: Time) -> None:
    """A stream whose pacer has reused masks for long gets the light model back."""
    time.now += QUIET_S
    rich.learn_overload()
    expected = "multiclass had no time for each frame's mask, and there are 33 ms between two"
    assert rich.choose() == (LIGHT, expected)


def test_gpu_that_fails_for_good_is_none(time: Time) -> None:
    """When the backend has changed to the CPU, live pictures get the light model at once."""
    tiers = Tiers(has_gpu=True, clock=time)
    tiers.see(photo=False)
    tiers.learn_trial(trial(9))
    assert tiers.choose().model == RICH
    time.now += 1
    tiers.lose_gpu()
    assert tiers.choose() == (LIGHT, "without a hardware GPU multiclass is for photos only")


def test_short_spell_changes_nothing(rich: Tiers, time: Time) -> None:
    """A few slow seconds are ridden out."""
    for _ in range(5):
        models = live(rich, time, SLOW_S - 2, 60) + live(rich, time, 6, 5)
        assert set(models) == {RICH}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("has_gpu", [True, False], ids=["gpu", "cpu"])
def test_one_source_changes_its_model_once_in_15_seconds(time: Time, has_gpu: bool, seed: int) -> None:
    """Whatever frames cost, and whatever is measured when, two changes for one source are 15 s apart."""
    chance = random.Random(seed)  # noqa: S311 - a test
    tiers = Tiers(has_gpu=has_gpu, clock=time)
    last, changed_at, photo = tiers.choose().model, 0.0, chance.random() < 0.2
    for _ in range(3000):
        time.now += chance.expovariate(10)
        tiers.see(photo=photo)
        if tiers.wants_trial and chance.random() < 0.05:
            tiers.learn_trial(trial(chance.uniform(5, 25)))
        tiers.interval_ms = chance.choice([1000 / 60, 1000 / 30])
        tiers.learn_frame(chance.uniform(5, 80))
        if chance.random() < 0.01:
            tiers.learn_overload()
        model = tiers.choose().model
        if model != last:
            assert time.now - changed_at >= QUIET_S or changed_at == 0
            last, changed_at = model, time.now


def test_new_source_that_multiclass_is_too_slow_for_gets_the_light_model_at_once(time: Time) -> None:
    """A camera right after a photo does not stutter for 15 s; the next photo waits its time."""
    tiers = Tiers(has_gpu=False, clock=time)
    tiers.see(photo=True)
    assert tiers.choose().model == RICH
    time.now += 3
    tiers.see(photo=False)
    assert tiers.choose().model == LIGHT
    tiers.see(photo=True)
    assert tiers.choose().model == LIGHT
    assert tiers.wait_s == QUIET_S
    time.now += QUIET_S
    assert tiers.choose().model == RICH
