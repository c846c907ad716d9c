"""Which part of a film's frames the network is shown, and how its mask goes back."""

from itertools import pairwise

import numpy as np
import pytest

from pyselfie.core.close_up import GLANCE_EVERY, CloseUp
from pyselfie.core.geometry import Rect, Size
from pyselfie.core.zoom import place, placed_classes
from tests.unit.runtimes.small_people import PERSON, SIZE, draw


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
