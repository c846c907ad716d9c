"""Which made-up series have a slope."""

import itertools
import math

import numpy as np
import pytest

from bench.soak.metrics import METRICS
from bench.soak.slopes import FEWEST, slope
from bench.soak.student import quantile

SECONDS = 25.0


def found(values, judged=1):
    """Return the slope of samples that are 25 s apart, judged alone or as one of several series."""
    return slope([SECONDS * index for index in range(len(values))], [float(value) for value in values], judged)


def share(verdict, make, count):
    """Return which share of 200 random series has this verdict."""
    random = np.random.default_rng(5)
    return sum(found(make(random, count))["verdict"] == verdict for _ in range(200)) / 200


def wandering(random, count, alike=0.6, series=()):
    """Return noise that resembles what it was a moment ago, as a heap does; `series` is the shape of several."""
    values = random.normal(size=(count + 50, *series))
    for index in range(1, count + 50):
        values[index] += alike * values[index - 1]
    return values[50:]


@pytest.mark.parametrize("count", [FEWEST, 40, 150])
def test_flat_noise_has_no_slope(count):
    """Of a hundred steady series at most the five that 95 % leaves, and a few for chance, are taken for another."""
    assert share("steady", lambda random, count: random.normal(size=count), count) > 0.92


@pytest.mark.parametrize("count", [24, 150])
def test_wandering_noise_has_no_slope(count):
    """Samples that follow from each other count for fewer; the usual interval would find a slope in a third of them."""
    assert share("steady", wandering, count) > 0.9


@pytest.mark.parametrize("alike", [0, 0.7])
@pytest.mark.parametrize("count", [FEWEST, 40])
def test_a_clean_run_passes(count, alike):
    """Of runs in which nothing grows, fewer than one in twenty fail, though each run judges all metrics."""
    metrics, runs = len(METRICS), 300
    every = wandering(np.random.default_rng(11), count, alike, (runs, metrics))
    failing = sum(any(found(one, metrics)["verdict"] == "grows" for one in every[:, run].T) for run in range(runs))
    assert failing < runs / 20


@pytest.mark.parametrize(("count", "rise"), [(40, 5), (150, 2)])
def test_a_drift_is_found_among_all_metrics(count, rise):
    """What the wider intervals cost: a drift has to be larger than one that is judged alone, or the run longer."""

    def verdict(random):
        return found(np.linspace(0, rise, count) + random.normal(size=count), len(METRICS))["verdict"]

    random = np.random.default_rng(5)
    assert sum(verdict(random) == "grows" for _ in range(200)) > 0.9 * 200


def test_a_count_that_climbs_is_found_in_the_shortest_run():
    """One object kept in each round, and one more in some, is no chance, however many metrics there are."""
    kept = [2 * turn + (turn % 3 == 0) for turn in range(FEWEST)]
    assert found(kept, len(METRICS))["verdict"] == "grows"


def test_rounds_of_unequal_length_hide_no_leak():
    """What grows by the same in each round is found, though rounds get longer: 22 in 12 minutes are 110 an hour."""
    seconds = [720 * (turn / (FEWEST - 1)) ** 2 for turn in range(FEWEST)]
    slopes = slope(seconds, [2.0 * turn for turn in range(FEWEST)], len(METRICS))
    assert slopes is not None
    assert slopes["verdict"] == "grows"
    assert slopes["per_hour"] == pytest.approx(110)


def test_more_metrics_have_wider_intervals():
    """The interval that is told is the one that is judged by."""
    values = np.random.default_rng(3).normal(size=40)
    alone, among = found(values), found(values, len(METRICS))
    assert among["low"] < alone["low"] < alone["per_hour"] == among["per_hour"] < alone["high"] < among["high"]


@pytest.mark.parametrize(
    ("tail", "freedom", "value"),
    [
        (0.025, 1, 12.7062047),
        (0.025, 2, 4.3026527),
        (0.025, 3, 3.1824463),
        (0.025, 5, 2.5705818),
        (0.025, 30, 2.0422725),
        (0.025, 1000, 1.9623391),
        (0.001, 1, 318.30884),
        (0.001, 3, 10.214532),
        (0.001, 10, 4.1437005),
    ],
)
def test_quantiles_are_those_of_the_tables(tail, freedom, value):
    """Student's t, in the middle and far out, for few degrees of freedom and many."""
    assert quantile(tail, freedom) == pytest.approx(value, rel=1e-7)


def test_quantiles_have_no_steps():
    """Between whole degrees of freedom they fall all the way: just below 2 it is nearly that of 2."""
    values = [quantile(0.025, 1 + index / 100) for index in range(300)]
    assert all(late < early < 1.1 * late for early, late in itertools.pairwise(values))
    assert quantile(0.025, 1.999) == pytest.approx(quantile(0.025, 2), rel=1e-2)


@pytest.mark.parametrize(("count", "rise"), [(12, 8), (40, 3), (150, 1.5)])
def test_a_drift_is_found(count, rise):
    """A rise of so many standard deviations in all is found, the longer the run the smaller it may be."""
    assert share("grows", lambda random, count: np.linspace(0, rise, count) + random.normal(size=count), count) > 0.9


def test_a_drift_is_measured():
    """One per sample, 25 s apart, is 144 an hour, and the interval of a series without noise is that alone."""
    exact = found(range(FEWEST))
    assert exact["per_hour"] == pytest.approx(144)
    assert exact["low"] == pytest.approx(144)
    assert exact["high"] == pytest.approx(144)
    noisy = found(np.arange(40) + np.random.default_rng(2).normal(size=40))
    assert noisy["low"] < 144 < noisy["high"]


def test_a_fall_is_no_growth():
    """What shrinks is told apart from what grows."""
    assert found(range(20, 20 - FEWEST, -1))["verdict"] == "falls"


@pytest.mark.parametrize("count", [12, 40, 150])
@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_single_step_is_no_slope(count, place):
    """Memory that comes once, and stays, passes: zero lies in the interval."""

    def stepping(random, count):
        return 20 * (np.arange(count) >= place * count) + 0.2 * random.normal(size=count)

    assert share("steady", stepping, count) == 1


@pytest.mark.parametrize("count", [24, 40, 150])
def test_a_sawtooth_is_no_slope(count):
    """What climbs and falls back, however often, passes, wherever it stands at the end."""

    def saw(random, count):
        return (np.arange(count) + random.integers(8)) % 8 + 0.1 * random.normal(size=count)

    assert share("steady", saw, count) == 1


def test_a_climbing_sawtooth_is_found():
    """Teeth hide no drift that is larger than they are."""
    assert found(np.arange(150) % 8 + 0.5 * np.arange(150))["verdict"] == "grows"


def test_a_constant_is_exact():
    """A count that never changes has the slope 0 and nothing around it."""
    assert found([7] * FEWEST) == {"per_hour": 0, "low": 0, "high": 0, "verdict": "steady"}


def test_too_few_samples_say_nothing():
    """With fewer than twelve there is no slope; with twelve there is one, of finite ends."""
    assert found([1, 2] * 5 + [1]) is None
    twelve = found([1, 2] * 6)
    assert twelve["verdict"] == "steady"
    assert math.isfinite(twelve["low"])
