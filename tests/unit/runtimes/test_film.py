"""When a model forgets the frames before: a cut, another size, a gap; and when it does not."""

import pytest

from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.timing import GAP_S
from pyselfie.runtimes.film import Film

SIZE = Size(640, 480)


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self):
        return self.now


class Runtime:
    """Notes what it is told."""

    def __init__(self, edges="refined"):
        self.spec = load_spec("landscape", edges)
        self.told = []

    def set(self, name, value):
        self.told.append((name, value))

    def reset(self):
        self.told.append("reset")


@pytest.fixture
def runtime():
    return Runtime()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def film(runtime, clock):
    """Return a film whose first frame has been begun, and is no longer noted."""
    film = Film(runtime, clock)
    film.begin_frame(SIZE, 0.85)
    assert runtime.told == ["reset", ("smoothing", 0.85)]
    runtime.told.clear()
    return film


def test_the_next_frame_of_a_film_finds_the_last_one(film, runtime, clock):
    """Frames of one size, each within the gap of the one before, are one film, however long it is."""
    for _ in range(5):
        clock.now += GAP_S
        film.begin_frame(Size(*SIZE), 0.85)
    assert runtime.told == []


def test_a_cut_is_seen_at_the_next_frame(film, runtime):
    """Once, and not before: a frame under way belongs to the film before."""
    film.cut()
    assert runtime.told == []
    film.begin_frame(SIZE, 0.85)
    film.begin_frame(SIZE, 0.85)
    assert runtime.told == ["reset"]


def test_another_size_is_another_film(film, runtime):
    """A camera that is turned round, or a source of another size."""
    film.begin_frame(Size(480, 640), 0.85)
    film.begin_frame(Size(480, 640), 0.85)
    assert runtime.told == ["reset"]


def test_a_gap_ends_a_film(film, runtime, clock):
    """After more than a second the scene may be another one; the time counts from the frame that was segmented last."""
    clock.now += GAP_S + 0.01
    film.begin_frame(SIZE, 0.85)
    clock.now += GAP_S
    film.begin_frame(SIZE, 0.85)
    assert runtime.told == ["reset"]


def test_smoothing_is_told_when_it_changes(film, runtime):
    """And nothing is forgotten for it."""
    for smoothing in (0.85, 0.5, 0.5, 0.0):
        film.begin_frame(SIZE, smoothing)
    assert runtime.told == [("smoothing", 0.5), ("smoothing", 0.0)]


def test_a_model_without_smoothing_is_not_told_of_it():
    """The raw network has no such setting."""
    raw = Runtime("raw")
    Film(raw, Clock()).begin_frame(SIZE, 0.85)
    assert raw.told == ["reset"]
