"""The part of a film's frames that is shown: it holds still, moves smoothly, and stays inside."""

from __future__ import annotations

import numpy as np
import pytest

from pyselfie.core.framing import ALONE_S, LARGEST_ZOOM, WAIT_S, Framing
from pyselfie.core.geometry import Rect

FRAME_S = 1 / 30
FULL = Rect(0, 0, 1, 1)


def person(x=0.5, top=0.35, width=0.3, size=256, noise=None):
    """Return a mask of head and shoulders down to the lower edge, with a soft edge that trembles."""
    across, down = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
    head = np.hypot((across - x) / 0.45, (down - top - 0.1) / 0.6) - width * 0.4
    body = np.maximum(np.abs(across - x) - width / 2, top + 0.25 - down)
    mask = np.clip(0.5 - 30 * np.minimum(head, body), 0, 1).astype(np.float32)
    if noise is not None:
        mask = np.clip(mask + noise.normal(0, 0.15, mask.shape), 0, 1).astype(np.float32)
        mask[noise.random(mask.shape) < 2e-4] = 1  # stray pixels
    return mask


def show(framing, frames, mask_of):
    """Let frames pass; return the part of each."""
    parts = []
    for index in range(frames):
        if framing.wants_mask:
            framing.see(mask_of(index))
        parts.append(framing.step(FRAME_S))
    return np.array(parts)


def test_a_still_person_with_noise_does_not_move_the_part_by_a_pixel():
    """In 300 frames of a trembling mask."""
    noise = np.random.default_rng(3)
    parts = show(Framing(), 300, lambda _: person(0.4, noise=noise))
    assert parts[0, 2] < 1
    assert np.ptp(parts, axis=0).max() * 4096 < 1


def test_who_sways_a_little_does_not_move_it():
    """Nor who leans far to the side for less than it waits."""
    framing = Framing()
    before = show(framing, 30, lambda _: person())[-1]
    parts = show(framing, 300, lambda index: person(0.5 + 0.02 * np.sin(index / 10)))
    np.testing.assert_array_equal(parts, np.broadcast_to(before, parts.shape))
    parts = show(framing, round(0.5 * WAIT_S / FRAME_S), lambda _: person(0.7))
    parts = np.concatenate([parts, show(framing, 60, lambda _: person())])
    np.testing.assert_array_equal(parts, np.broadcast_to(before, parts.shape))


def test_it_follows_smoothly_and_without_overshooting():
    """Who has moved is in the middle again; no step is a jump, and it never goes back."""
    framing = Framing()
    show(framing, 30, lambda _: person(0.4))
    parts = show(framing, 240, lambda _: person(0.6))
    steps = np.diff(parts[:, 0])
    assert steps.min() >= 0
    assert np.abs(np.diff(steps)).max() < 0.004
    assert steps.max() < 0.015
    assert parts[-1, 0] + parts[-1, 2] / 2 == pytest.approx(0.6, abs=0.01)
    assert (parts[-30:] == parts[-1]).all()


@pytest.mark.parametrize("x", [0.0, 0.15, 0.5, 0.9])
@pytest.mark.parametrize("width", [0.1, 0.3, 0.8])
def test_it_stays_inside_keeps_its_aspect_and_enlarges_a_little(x, width):
    """Wherever the person is, also on the way from one to the next."""
    framing = Framing()
    show(framing, 30, lambda _: person(1 - x, width=0.3))
    for left, top, wide, high in show(framing, 120, lambda _: person(x, width=width)):
        assert wide == high
        assert 1 / LARGEST_ZOOM - 1e-9 <= wide <= 1
        assert 0 <= left <= 1 - wide + 1e-9
        assert 0 <= top <= 1 - high + 1e-9


def test_the_head_has_room_above_it():
    """Of a person who reaches to the lower edge, too."""
    mask = person(top=0.4)
    head = np.flatnonzero((mask >= 0.5).any(axis=1))[0] / len(mask)
    _, top, _, high = show(Framing(), 1, lambda _: mask)[0]
    assert high < 1
    assert top < head - 0.05 * high


def test_nobody_for_a_while_shows_all_of_the_frame():
    """And who comes back is gone to, not jumped to."""
    framing = Framing()
    empty = np.zeros((64, 64), np.float32)
    before = show(framing, 10, lambda _: person())[-1]
    short = show(framing, round(0.7 * ALONE_S / FRAME_S), lambda _: empty)
    np.testing.assert_array_equal(short, np.broadcast_to(before, short.shape))
    parts = show(framing, 300, lambda _: empty)
    assert tuple(parts[-1]) == FULL
    assert np.abs(np.diff(parts, axis=0)).max() < 0.02
    back = show(framing, 300, lambda _: person())
    assert np.abs(np.diff(back, axis=0)).max() < 0.02
    np.testing.assert_allclose(back[-1], before, atol=0.002)


def test_another_film_begins_with_all_of_its_frame():
    """Until a person is seen in it."""
    framing = Framing()
    show(framing, 10, lambda _: person())
    framing.reset()
    assert framing.view == FULL
    assert framing.wants_mask


def test_a_cut_keeps_the_part_of_who_is_still_there():
    """A film that pauses is a cut, too: nothing moves then; who is elsewhere, or nobody, is shown at once."""
    framing = Framing()
    before = show(framing, 30, lambda _: person(0.4))[-1]
    framing.cut()
    np.testing.assert_array_equal(show(framing, 1, lambda _: person(0.42))[0], before)
    framing.cut()
    elsewhere = show(Framing(), 1, lambda _: person(0.6))[0]
    assert elsewhere[0] > before[0] + 0.1
    np.testing.assert_array_equal(show(framing, 1, lambda _: person(0.6))[0], elsewhere)
    framing.cut()
    assert tuple(show(framing, 1, lambda _: np.zeros((64, 64), np.float32))[0]) == FULL


def test_a_step_may_be_long():
    """A tab that was hidden for a minute goes on where the person is."""
    framing = Framing()
    show(framing, 10, lambda _: person(0.3))
    show(framing, 40, lambda _: person(0.6))
    view = framing.step(60)
    assert view.x + view.width / 2 == pytest.approx(0.6, abs=0.02)
