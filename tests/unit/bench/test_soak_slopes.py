"""Which made-up series have a slope."""

import math

import numpy as np
import pytest

from bench.soak.slopes import FEWEST, slope

SECONDS = 25.0


def found(values):
    """Return the slope of samples that are 25 s apart."""
    return slope([SECONDS * index for index in range(len(values))], [float(value) for value in values])


def share(verdict, make, count):
    """Return which share of 200 random series has this verdict."""
    random = np.random.default_rng(5)
    return sum(found(make(random, count))["verdict"] == verdict for _ in range(200)) / 200


def wandering(random, count):
    """Return noise that resembles what it was a moment ago, as a heap does."""
    values = random.normal(size=count + 50)
    for index in range(1, count + 50):
        values[index] += 0.6 * values[index - 1]
    return values[50:]


@pytest.mark.parametrize("count", [FEWEST, 12, 40, 150])
def test_flat_noise_has_no_slope(count):
    """Of a hundred steady series at most the five that 95 % leaves, and a few for chance, are taken for another."""
    assert share("steady", lambda random, count: random.normal(size=count), count) > 0.92


@pytest.mark.parametrize("count", [24, 150])
def test_wandering_noise_has_no_slope(count):
    """Samples that follow from each other count for fewer; the usual interval would find a slope in a third of them."""
    assert share("steady", wandering, count) > 0.9


@pytest.mark.parametrize(("count", "rise"), [(12, 8), (40, 3), (150, 1.5)])
def test_a_drift_is_found(count, rise):
    """A rise of so many standard deviations in all is found, the longer the run the smaller it may be."""
    assert share("grows", lambda random, count: np.linspace(0, rise, count) + random.normal(size=count), count) > 0.9


def test_a_drift_is_measured():
    """One per sample, 25 s apart, is 144 an hour, and the interval of a series without noise is that alone."""
    exact = found(range(10))
    assert exact["per_hour"] == pytest.approx(144)
    assert exact["low"] == pytest.approx(144)
    assert exact["high"] == pytest.approx(144)
    noisy = found(np.arange(40) + np.random.default_rng(2).normal(size=40))
    assert noisy["low"] < 144 < noisy["high"]


def test_a_fall_is_no_growth():
    """What shrinks is told apart from what grows."""
    assert found([9, 8, 7, 6, 5, 4])["verdict"] == "falls"


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
    assert found([7] * 6) == {"per_hour": 0, "low": 0, "high": 0, "verdict": "steady"}


def test_too_few_samples_say_nothing():
    """With fewer than four there is no slope; with four there is one, of finite ends."""
    assert found([1, 2, 3]) is None
    four = found([1, 2, 1, 2])
    assert four["verdict"] == "steady"
    assert math.isfinite(four["low"])
