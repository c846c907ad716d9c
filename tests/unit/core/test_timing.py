"""Stage times with a clock that the test turns."""

import pytest

from pyselfie.core.timing import GAP_S, WINDOW, StageClock, is_pause


class HandClock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def hand():
    return HandClock()


def run_frame(clock, hand, **stages_ms):
    clock.begin()
    for stage, ms in stages_ms.items():
        hand.seconds += ms / 1000
        clock.lap(stage)
    return clock.end()


def test_stages_are_summed_up_by_median_and_p95(hand):
    """Each stage has its own median and 95th percentile, the whole frame is `total`."""
    clock = StageClock(hand)
    for infer in (4, 4, 4, 4, 24):
        run_frame(clock, hand, preprocess=1, infer=infer)
    summary = clock.summary()
    assert list(summary) == ["preprocess", "infer", "total"]
    assert summary["infer"] == pytest.approx({"median": 4, "p95": 20})
    assert summary["total"]["median"] == pytest.approx(5)
    assert clock.last("infer") == pytest.approx(24)
    assert clock.last("unheard of") == 0


def test_frame_rate_comes_from_the_window(hand):
    """The rate is 0 until two frames ended, then frames per second over the window."""
    clock = StageClock(hand)
    run_frame(clock, hand, infer=20)
    assert clock.fps == 0
    for _ in range(WINDOW * 2):
        run_frame(clock, hand, infer=20)
    assert clock.fps == pytest.approx(50)
    assert clock.frames == 2 * WINDOW + 1


def test_clear_forgets_times_but_not_the_count(hand):
    """After a new source the old one's times are gone, the number of frames is not."""
    clock = StageClock(hand)
    run_frame(clock, hand, infer=500)
    clock.clear()
    assert clock.summary() == {}
    assert clock.frames == 1
    run_frame(clock, hand, infer=2)
    assert clock.summary()["infer"]["median"] == pytest.approx(2)


def test_a_stage_has_run_if_the_newest_frame_had_it(hand):
    """Not if one before had it: its time is still there."""
    clock = StageClock(hand)
    run_frame(clock, hand, infer=5, paint=1)
    assert clock.ran("infer")
    run_frame(clock, hand, paint=1)
    assert (clock.ran("infer"), clock.ran("paint"), clock.last("infer")) == (False, True, pytest.approx(5))


def test_a_pause_is_a_longer_time_than_the_gap_and_the_work():
    """Forwards or back; a frame that took long itself is no pause."""
    assert not is_pause(5, 5 + GAP_S)
    assert is_pause(5, 5.01 + GAP_S)
    assert is_pause(5, 4.99 - GAP_S)
    assert not is_pause(5, 6.9 + GAP_S, work_ms=2000)
    assert is_pause(5, 7.1 + GAP_S, work_ms=2000)
