"""Which part of a film's frames the network is shown, and that a film's state survives a glance at something else."""

import asyncio
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pyselfie.browser.canvas.segmenter import Segmenter
from pyselfie.core.close_up import GLANCE_EVERY, CloseUp
from pyselfie.core.geometry import Rect, Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.zoom import place, placed_classes
from pyselfie.runtimes.looks import Looks
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.runtimes.stub import StubRuntime

SIZE = Size(640, 480)
PERSON = Rect(0.4, 0.5, 0.1, 0.25)


def draw(people, part=None, level=1.0):
    """Return the mask of `part` of a frame with people, which are boxes in fractions of it."""
    part = part or Rect(0, 0, *SIZE)
    mask = np.zeros((256, 256), np.float32)
    x, y = (part.x + (np.arange(256) + 0.5) / 256 * part.width), (part.y + (np.arange(256) + 0.5) / 256 * part.height)
    for box in people:
        columns = (x >= box.x * SIZE.width) & (x < (box.x + box.width) * SIZE.width)
        rows = (y >= box.y * SIZE.height) & (y < (box.y + box.height) * SIZE.height)
        mask[np.ix_(rows, columns)] = level
    return mask


class Film:
    """Shows frames to a `CloseUp` and notes the part of each, and the glances."""

    def __init__(self):
        self.close_up, self.parts, self.glances = CloseUp(), [], 0

    def show(self, people, *, close=None, whole=None, level=1.0):
        """Show a frame; a close-up or a look at all of it may find others than `people`.

        `level` is how sure the look at all of it is.
        """
        close_up = self.close_up
        part = close_up.part
        self.parts.append(part)
        found = [people if whole is None else whole, people if close is None else close]
        levels = [level, 1.0]
        glance = close_up.saw(draw(found[part is not None], part, levels[part is not None]), SIZE)
        if glance is not None:
            self.glances += 1
            close_up.glanced(draw(found[part is None], glance, levels[part is None]), SIZE, is_seen=level >= 0.5)

    @property
    def moves(self):
        return sum(before != after for before, after in pairwise(self.parts))


@pytest.fixture
def film():
    return Film()


def test_somebody_small_is_seen_closely_from_the_second_frame_on(film):
    """The part holds the person with a margin; nobody, and somebody near by, is seen in the whole frame."""
    for _ in range(2):
        film.show([PERSON])
    assert film.parts[0] is None
    part = film.parts[1]
    assert part.x < 0.4 * 640
    assert part.x + part.width > 0.5 * 640
    assert part.y < 0.5 * 480
    assert part.y + part.height > 0.75 * 480
    assert part.height == pytest.approx(1.3 * 0.25 * 480, abs=1)
    for people in ([], [Rect(0.2, 0.3, 0.5, 0.7)], [Rect(0, 0.6, 1, 0.3)]):
        other = Film()
        for _ in range(50):
            other.show(people)
        assert set(other.parts) == {None}
        assert other.glances == 0


def test_a_still_person_never_moves_the_part(film):
    """Over 300 frames whose masks' borders tremble by two pixels; a glance comes with one frame in 20, no more."""
    noise = np.random.default_rng(1).uniform(-2 / 256, 2 / 256, (300, 4)) * 0.3
    for shift in noise:
        film.show([Rect(*(PERSON + shift))])
    assert film.parts[1:] == [film.parts[1]] * 299
    assert 300 // GLANCE_EVERY <= film.glances <= 300 // GLANCE_EVERY + 1


def test_the_part_follows_in_steps(film):
    """Somebody who walks across the frame is inside of the part in each frame, and it moves in few of them."""
    for number in range(120):
        box = Rect(0.05 + number * 0.006, 0.5, 0.1, 0.25)
        film.show([box])
        part = film.parts[-1]
        assert part is None or (part.x <= box.x * 640 and (box.x + box.width) * 640 <= part.x + part.width)
    assert None not in film.parts[1:]
    assert 3 <= film.moves <= 12


def test_whoever_comes_near_is_left_at_half_the_height_and_met_again_below_two_fifths(film):
    """Between the two nothing changes, so that nobody sways there."""

    def is_close(height, count=3 * GLANCE_EVERY):
        for _ in range(count):
            film.show([Rect(0.4, 0.4, 0.2, height)])
        return film.close_up.part is not None

    assert not is_close(0.45)
    assert is_close(0.35)
    assert is_close(0.45)
    assert not is_close(0.55)
    assert not is_close(0.45)
    assert is_close(0.35)


def test_the_part_becomes_smaller_with_the_person(film):
    """Who goes away is seen more closely yet."""
    for height in (0.35, 0.3, 0.25, 0.2, 0.15):
        for _ in range(GLANCE_EVERY):
            film.show([Rect(0.4, 0.5, 0.1, height)])
    assert film.parts[-1].height < 0.65 * film.parts[1].height


def test_who_is_lost_is_looked_for_in_the_whole_frame(film):
    """From the next frame on; and a new close-up waits, where the two looks don't agree."""
    for _ in range(3):
        film.show([PERSON])
    film.show([PERSON], close=[])
    for _ in range(GLANCE_EVERY):
        film.show([PERSON], close=[])
    assert film.parts[3] is not None
    assert set(film.parts[4:]) == {None}


def test_a_part_does_not_chase_a_guess(film):
    """Where both looks fill whatever part there is, and neither is sure, the whole frame is seen after two moves."""
    film.show([Rect(0.5, 0.5, 0.04, 0.05)], level=0.4)
    for _ in range(15):
        part = film.close_up.part
        box = None if part is None else part.times(1 / SIZE.width, 1 / SIZE.height)
        people = [] if box is None else [box]
        film.show(people, level=0.4)
    assert film.parts[1] is not None
    assert film.moves <= 3
    assert film.parts[-1] is None


def test_who_leaves_the_frame_leaves_the_part(film):
    """Nobody in either look: the whole frame's mask is shown at once."""
    for _ in range(5):
        film.show([PERSON])
    film.show([])
    film.show([])
    assert film.parts[-1] is None


def test_a_guess_has_to_be_confirmed(film):
    """Where the close-up doesn't find the same person the whole frame goes on, and it is asked again seldom."""
    for _ in range(100):
        film.show([PERSON], close=[])
    assert set(film.parts) == {None}
    assert film.glances == 100 // GLANCE_EVERY


@pytest.mark.parametrize("newcomer", [Rect(0.75, 0.45, 0.1, 0.25), Rect(0.7, 0.2, 0.3, 0.8)], ids=["small", "near"])
def test_a_newcomer_is_missing_for_no_more_than_20_frames(film, newcomer):
    """Who comes in outside of the part is seen with the next glance: in a larger part, or in the whole frame."""
    for _ in range(5):
        film.show([PERSON])
    for _ in range(GLANCE_EVERY):
        film.show([PERSON, newcomer])
    part = film.close_up.part or Rect(0, 0, *SIZE)
    assert part.x + part.width >= (newcomer.x + newcomer.width) * 640
    assert (film.close_up.part is None) == (newcomer.height > 0.5)


def test_what_goes_on_below_a_table_is_not_believed(film):
    """At its border the close-up takes a body to go on; on that side alone the look at the whole frame counts."""
    body = Rect(PERSON.x, PERSON.y, PERSON.width, 0.5)
    for _ in range(60):
        film.show([body], whole=[PERSON])
    assert film.parts[1:] == [film.parts[1]] * 59
    part, counts = film.close_up.part, film.close_up.counts
    assert part is not None
    assert counts is not None
    assert (counts.x, counts.y, counts.width) == (part.x, part.y, part.width)
    assert counts.y + counts.height == pytest.approx(0.75 * 480, abs=2)
    assert part.y + part.height > 0.78 * 480


def test_who_walks_behind_a_table_is_followed(film):
    """That nobody leaves by the part's lower side, whatever the close-up tells, says nothing of its other sides."""
    for number in range(100):
        left = 0.05 + number * 0.006
        film.show([Rect(left, 0.5, 0.1, 0.5)], whole=[Rect(left, 0.5, 0.1, 0.25)])
        part = film.parts[-1]
        assert part is None or (part.x <= left * 640 and (left + 0.1) * 640 <= part.x + part.width)
    assert None not in film.parts[1:]
    assert film.moves <= 12


def test_another_film_begins_with_the_whole_frame(film):
    """After a reset, whatever was seen before."""
    for _ in range(3):
        film.show([PERSON])
    film.close_up.reset()
    film.show([PERSON])
    assert film.parts[-1] is None


def test_a_mask_is_placed_by_the_means_of_its_pixels():
    """What is shrunk into its place keeps its sum, half covered pixels are half as strong, and nothing lies outside."""
    close_up = np.random.default_rng(2).random((256, 256)).astype(np.float32)
    out = np.full((144, 256), 9, np.float32)
    place(close_up, Rect(101, 50, 333, 187), Size(640, 480), out)
    assert out.sum() == pytest.approx(close_up.mean() * (333 / 640 * 256) * (187 / 480 * 144), rel=1e-4)
    assert out[:15].max() == out[72:].max() == out[:, :40].max() == out[:, 174:].max() == 0
    ones = np.zeros((8, 8), np.float32)
    place(np.ones((5, 3), np.float32), Rect(15, 20, 40, 30), Size(80, 80), ones)
    np.testing.assert_allclose(ones[2:5, 1:6], np.outer([1, 1, 1], [0.5, 1, 1, 1, 0.5]), atol=1e-6)
    assert ones.sum() == pytest.approx(12)


def test_a_mask_is_placed_as_far_as_it_is_believed():
    """The rest of the part is nobody."""
    out = np.empty((48, 64), np.float32)
    place(np.ones((9, 9), np.float32), Rect(100, 100, 200, 200), SIZE, out, Rect(100, 100, 200, 150))
    np.testing.assert_allclose(out[10:25, 10:30], 1, atol=1e-5)
    assert out.sum() == pytest.approx(15 * 20)


def test_classes_of_a_part_are_background_outside():
    """In each pixel they still add up to one."""
    classes = np.random.default_rng(3).random((6, 32, 32)).astype(np.float32)
    classes /= classes.sum(axis=0)
    placed = placed_classes(classes, Rect(160, 120, 300, 200), SIZE)
    np.testing.assert_allclose(placed.sum(axis=0), 1, atol=1e-5)
    assert placed[0, 0, 0] == 1
    assert placed[1:].max() > 0.1


def test_a_glance_leaves_the_film_as_it_is():
    """The next mask is the same to the last bit, smoothed with the same frame before; the glance's is a first one."""
    spec = load_spec(1, "refined")
    rng = np.random.default_rng(4)
    base = np.kron(rng.random((1, 9, 16, 3)), np.ones((1, 16, 16, 1)))
    first, second, other = (
        np.ascontiguousarray(np.clip(one + rng.normal(0, 0.01, base.shape), 0, 1), np.float32)
        for one in (base, base, base[:, ::-1])
    )
    plain, glancing = NativeRuntime(spec), NativeRuntime(spec)
    for runtime in (plain, glancing):
        runtime.set("smoothing", 0.85)
        runtime.run_sync(first)
    glance = asyncio.run(glancing.glance(other)).copy()
    np.testing.assert_array_equal(glancing.run_sync(second), plain.run_sync(second))
    plain.reset()
    np.testing.assert_array_equal(plain.run_sync(other), glance)


class Seeing(StubRuntime):
    """Finds who is in the frame wherever it looks, and notes its resets; `edge` tells the run."""

    def __init__(self):
        super().__init__(load_spec(0, "refined"))
        self.resets, self.runs = 0, 0
        self.seen = np.zeros((256, 256), np.float32)
        self.asked = []

    async def run(self, tensor, extras=None):
        self.runs += 1
        self.asked.append(extras)
        return await super().run(tensor, extras)

    def extra(self, name):
        given = super().extra(name)
        return self.seen[None, None] if name == "raw" else given + self.runs

    def reset(self):
        super().reset()
        self.resets += 1


def looked(looks, runtime, count=1):
    """Show frames; returns the parts of them that their masks are of."""
    parts = []

    def show(part):
        runtime.seen = draw([PERSON], part)
        tensor = np.empty(runtime.spec.input_shape, np.float32)
        tensor[...] = runtime.seen[None, ..., None]
        return tensor

    for _ in range(count):
        mask = asyncio.run(looks.run(runtime, show, SIZE, ["edge"]))
        np.testing.assert_allclose(mask, draw([PERSON], looks.part), atol=1e-6)
        parts.append(looks.part)
    return parts


def test_the_first_frame_has_the_close_up_already():
    """As a photo has no second one. Smoothing begins anew with the next frame, once."""
    looks, runtime = Looks(), Seeing()
    parts = looked(looks, runtime, 10)
    assert parts == [parts[0]] * 10
    assert parts[0] is not None
    assert (runtime.runs, runtime.resets) == (11, 1)


def test_what_came_with_a_mask_outlives_a_glance():
    """The edge's colours are of the mask's own run, though the glance at the whole frame was the last one."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, GLANCE_EVERY + 1)
    assert runtime.runs == GLANCE_EVERY + 3
    assert looks.extra(runtime, "edge").max() == runtime.runs - 1
    looked(looks, runtime)
    assert looks.extra(runtime, "edge").max() == runtime.runs


def test_who_is_lost_costs_no_frame():
    """At a cut nobody has told of: where the part has nobody any more, that frame has the mask of all of it."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, 3)
    newcomer = Rect(0.1, 0.1, 0.2, 0.8)

    def show(part):
        runtime.seen = draw([newcomer], part)
        return np.repeat(runtime.seen[None, ..., None], 3, axis=3)

    for _ in range(2):
        mask = asyncio.run(looks.run(runtime, show, SIZE))
        assert looks.part is None
        np.testing.assert_allclose(mask, draw([newcomer]), atol=1e-6)


def test_a_cut_shows_the_whole_frame_again():
    """Who is small there is looked at anew, from a fresh state."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, 3)
    runs, resets = runtime.runs, runtime.resets
    looks.cut()
    looked(looks, runtime)
    assert (runtime.runs - runs, runtime.resets - resets) == (2, 1)


def test_where_nobody_is_small_it_costs_nothing():
    """One run for each frame; and the network's own mask, which takes time to copy, comes with one frame in 20."""
    looks, runtime = Looks(), Seeing()
    runtime.seen = draw([Rect(0.2, 0.2, 0.5, 0.8)])
    tensor = np.repeat(runtime.seen[None, ..., None], 3, axis=3)
    for _ in range(60):
        asyncio.run(looks.run(runtime, lambda _part: tensor, SIZE, ["edge"]))
    assert runtime.runs == 60
    assert sum("raw" in extras for extras in runtime.asked) == 3
    assert runtime.resets == 0


class PartSampler:
    """Draws the person's mask as the picture, white on black, and notes what was read."""

    def __init__(self):
        self.pixels, self.read_parts = np.empty((256, 256, 4), np.uint8), []

    def read(self, frame, part=None):
        self.read_parts.append(part)
        self.level = draw([frame], part and part.times(*SIZE))
        self.pixels[...] = 255 * self.level[..., None].astype(np.uint8)

    def fill(self, tensor):
        tensor[...] = self.level[None, ..., None]


def test_on_the_canvas_the_mask_is_of_the_whole_frame():
    """The part's mask is put in its place; the sample is of the whole frame, and C of a part is none of the frame."""

    class Runtime(Seeing):
        async def run(self, tensor, extras=None):
            self.seen = tensor[0, ..., 0].copy()
            return await super().run(tensor, extras)

    sampler: Any = PartSampler()
    near: Any = Rect(0.2, 0.2, 0.5, 0.8)
    small: Any = PERSON
    segmenter = Segmenter(Runtime(), sampler)
    for _ in range(3):
        sampler.read_parts.clear()
        mask = asyncio.run(segmenter.segment(small, SIZE))
        assert np.abs(mask - draw([PERSON])).mean() < 0.002
        np.testing.assert_array_equal(sampler.pixels[..., 0], 255 * draw([PERSON]).astype(np.uint8))
        assert segmenter.edge_color() is None
    assert len(sampler.read_parts) == 2
    assert sampler.read_parts[1] is None
    segmenter.cut()
    asyncio.run(segmenter.segment(near, SIZE))
    assert segmenter.edge_color() is not None


def test_raw_edges_are_never_looked_at_closely():
    """The legacy APIs' masks are the network's: one run for each frame, of all of it."""
    looks, runtime = Looks(), StubRuntime(load_spec(0, "raw"))
    shown = []

    def show(part):
        shown.append(part)
        return np.repeat(draw([PERSON])[None, ..., None], 3, axis=3)

    for _ in range(30):
        asyncio.run(looks.run(runtime, show, SIZE))
    assert shown == [None] * 30
