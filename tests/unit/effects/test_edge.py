"""The colours of the edge: what they are in cases that can be worked out by hand."""

import dataclasses

import numpy as np
import pytest

from pyselfie.core.edge import (
    WindowMeans,
    backdrop_light,
    cast_color,
    edge_color,
    fold,
    fold_alpha,
    quarter,
    window_means,
    wrap_share,
)
from pyselfie.core.effects import EFFECTS, draws_for, folds_edge, without_edge, wrap_for
from pyselfie.core.options import Options
from tests.reference import edge as reference

SIZE = 48, 64
RED, BLUE = (200, 40, 0), (0, 20, 180)


def halves():
    """Return a sample that is red left and blue right, and the mask of its left half."""
    sample = np.empty((*SIZE, 4), np.uint8)
    sample[:, :32], sample[:, 32:] = (*RED, 255), (*BLUE, 255)
    mask = np.zeros(SIZE, np.float32)
    mask[:, :32] = 1
    return sample, mask


def colors(planes, row, column):
    return planes[:, row, column]


def test_means_are_of_person_and_background():
    """At the border each has its own colour; where a window has one of them only, the plain mean stands in."""
    means = window_means(*halves())
    for column in (7, 8):  # of 16: on both sides of the border
        np.testing.assert_allclose(colors(means.person, 6, column), RED, atol=5)
        np.testing.assert_allclose(colors(means.outside, 6, column), BLUE, atol=5)
    np.testing.assert_allclose(colors(means.outside, 6, 0), RED, atol=1e-3)
    np.testing.assert_allclose(colors(means.person, 6, 15), BLUE, atol=1e-3)


def test_means_at_the_pictures_edge_are_of_what_is_inside():
    """A picture of one colour has it everywhere, corners too."""
    sample = np.full((*SIZE, 4), 77, np.uint8)
    mask = np.random.default_rng(1).random(SIZE, np.float32)
    for planes in window_means(sample, mask):
        assert planes.shape == (3, 12, 16)
        np.testing.assert_allclose(planes, 77, rtol=1e-5)


def test_edge_color_takes_the_old_background_out():
    """Over a pixel that mixes both half and half, the edge leaves the person's colour; beyond 0..255 it is cut."""
    person, outside = (np.full((3, 1, 1), level, np.float32) for level in (120, 60))
    half = np.full((1, 1), 0.5, np.float32)
    color = edge_color(WindowMeans(person, outside), half)
    assert 0.5 * 90 + 0.5 * color[0, 0, 0] == 120
    assert edge_color(WindowMeans(person + 120, outside), np.ones((1, 1), np.float32))[0, 0, 0] == 255


def test_quarter_is_the_mean_of_blocks():
    """Each 4x4 block becomes one number."""
    mask = np.zeros((8, 4), np.float32)
    mask[0, 0] = 1
    np.testing.assert_array_equal(quarter(mask), [[1 / 16], [0]])


def test_fold_is_edge_and_background_in_one_draw():
    """The folded overlay over the frame gives what edge and background give one after the other."""
    mask = np.full((4, 4), 0.3, np.float32)
    frame, color, background = 200.0, np.full((3, 1, 1), 50, np.float32), np.full((3, 4, 4), 90, np.float32)
    one_by_one = 0.3 * (0.3 * frame + 0.7 * 50) + 0.7 * 90
    opacity = 1 - 0.3**2
    folded = opacity * fold(color, mask, background) + (1 - opacity) * frame
    np.testing.assert_allclose(folded, one_by_one, rtol=1e-5)


def test_fold_alpha_is_one_minus_the_square():
    """In bytes, and exact where it is all or nothing."""
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(fold_alpha(levels), np.rint(255 - np.arange(256) ** 2 / 255))


def test_wrap_falls_on_the_edge_only():
    """Nothing well within the person, all of it where at least half of the window is background."""
    _, mask = halves()
    share = wrap_share(quarter(mask))
    assert (share[:, :6] == 0).all()
    np.testing.assert_allclose(share[:, 7], 2 / 3, rtol=1e-5)
    assert (share[:, 8:] == 1).all()


def test_backdrops_light_is_smeared():
    """One bright pixel is spread over 5x5; one colour stays, up to the corners."""
    backdrop = np.zeros((9, 9, 3), np.uint8)
    backdrop[4, 4] = 250
    light = backdrop_light(backdrop)
    assert (light[2:7, 2:7] == 10).all()
    assert light.sum() == 25 * 10 * 3
    assert (backdrop_light(np.full((9, 16, 4), 31, np.uint8)) == 31).all()


def test_cast_moves_the_person_towards_the_backdrops_colour():
    """Under a blue backdrop red is dimmed and blue is not; brightness alone changes nothing."""
    sample, mask = np.full((*SIZE, 4), 128, np.uint8), np.ones(SIZE, np.float32)
    red, green, blue = cast_color(sample, mask, np.full((4, 4, 3), (60, 80, 140), np.uint8), 0.1)
    assert 235 <= red < green < blue == 255
    assert cast_color(sample, mask, np.full((4, 4, 3), 20, np.uint8), 0.1) == (255, 255, 255)


@pytest.mark.parametrize("dark", ["person", "backdrop", "nobody"])
def test_cast_of_what_has_no_colour_is_none(dark):
    """Black has no colour, and nobody has none either."""
    sample = np.full((*SIZE, 4), 0 if dark == "person" else 90, np.uint8)
    mask = np.full(SIZE, 0 if dark == "nobody" else 1, np.float32)
    light = np.full((4, 4, 3), 0 if dark == "backdrop" else (10, 200, 50), np.uint8)
    assert cast_color(sample, mask, light, 0.1) == (255, 255, 255)


def layers(**options):
    return [draw.layer for draw in draws_for(Options(**options))]


def test_draws_are_those_that_the_options_ask_for():
    """The edge is drawn to decontaminate or for wrapped light, the cast if there is any."""
    assert layers(effect="picture") == ["frame", "edge", "overlay", "backdrop"]
    assert layers(effect="picture", colour_cast=0.05) == ["frame", "edge", "cast", "overlay", "backdrop"]
    assert "edge" in layers(effect="picture", decontaminate=False)
    assert "edge" not in layers(effect="picture", decontaminate=False, light_wrap=0)
    assert layers(effect="color") == layers(effect="transparent") == ["frame", "edge", "overlay"]
    assert layers(effect="color", decontaminate=False) == ["frame", "overlay"]


def test_only_what_has_a_backdrop_is_wrapped_and_only_blur_is_folded():
    """A colour gives no light, transparent ends must stay clean; blur needs no draw of its own."""
    wrapped = {name: wrap_for(Options(effect=name, light_wrap=0.3)) for name in EFFECTS}
    assert [name for name, wrap in wrapped.items() if wrap] == ["picture"]
    assert [name for name in EFFECTS if folds_edge(Options(effect=name))] == ["blur"]
    assert not folds_edge(Options(effect="blur", decontaminate=False))


@pytest.mark.parametrize("name", EFFECTS)
def test_without_edge_nothing_costs_more_than_it_has_to(name):
    """The plain effect: what is drawn when the machine cannot keep up."""
    plain = without_edge(Options(effect=name, light_wrap=1, colour_cast=0.1))
    assert {"edge", "cast"}.isdisjoint(draw.layer for draw in draws_for(plain))
    assert not folds_edge(plain)
    assert dataclasses.replace(plain, decontaminate=True, light_wrap=1.0, colour_cast=0.1) == Options(
        effect=name, light_wrap=1.0, colour_cast=0.1
    )


def test_fast_and_slow_ways_agree():
    """The colours, the wrap and the cast are those of the tests' reference, in a picture of noise."""
    random = np.random.default_rng(3)
    sample = random.integers(0, 256, (*SIZE, 3), np.uint8)
    mask = np.clip(random.normal(0.5, 0.6, SIZE), 0, 1).astype(np.float32)
    color = edge_color(window_means(sample, mask), quarter(mask))
    np.testing.assert_allclose(np.moveaxis(color, 0, -1), reference.edge_color(sample, mask), atol=2e-3)
    np.testing.assert_allclose(wrap_share(quarter(mask)), reference.wrap_share(mask)[..., 0], atol=1e-5)
    light = reference.smeared(sample, 16, 12)
    small = np.rint(reference.blocks(sample, 4)).astype(np.uint8)
    np.testing.assert_allclose(backdrop_light(small), light, atol=1)
    expected = 255 * reference.cast(sample, mask, light, 0.1)
    np.testing.assert_allclose(cast_color(sample, mask, backdrop_light(small), 0.1), expected, atol=1)
