"""Painting by tiles: which pixels are filled, drawn or left alone, against slow and obvious ways to say so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pyselfie.core.edge import quarter, wrap_share
from pyselfie.core.effects import EFFECTS
from pyselfie.core.geometry import Size
from pyselfie.core.options import Options
from pyselfie.core.overlay import Scene, fill_overlay, flat_color
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.tiles import LEAST_PIXELS, MOST_MIXED, SIDE, path_of, sort_tiles, tiles_for, widened
from tests.reference.edge import stretched

SHAPES = {"general": (256, 256), "landscape": (144, 256), "one tile": (8, 8), "a row": (8, 40)}
HD = Size(1280, 720)


def blob(shape, seed):
    """Return alpha with soft edges, full and empty parts, and single pixels that are neither, uint8 [H, W]."""
    random = np.random.default_rng(seed)
    height, width = shape
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width * random.random(), (y - height * random.random()) * 1.3)
    alpha = np.clip(40 * (0.3 * width - distance) + 128, 0, 255).astype(np.uint8)
    for level in (0, 255, 1, 254):
        alpha[random.integers(height, size=2), random.integers(width, size=2)] = level
    return alpha


def kinds_by_loop(alpha):
    """Return for each tile whether it is opaque and whether it is mixed, pixel by pixel."""
    height, width = alpha.shape
    opaque = np.zeros((height // SIDE, width // SIDE), bool)
    mixed = opaque.copy()
    for row, column in np.ndindex(opaque.shape):
        rows = range(max(0, row * SIDE - 1), min(height, row * SIDE + SIDE + 1))
        columns = range(max(0, column * SIDE - 1), min(width, column * SIDE + SIDE + 1))
        levels = {int(alpha[y, x]) for y in rows for x in columns}
        opaque[row, column] = levels == {255}
        mixed[row, column] = levels not in ({255}, {0})
    return opaque, mixed


def drawn(path, size):
    """Return how often each pixel is covered by the rectangles of a path, [height, width]."""
    covered = np.zeros((size.height, size.width), int)
    rectangles = re.findall(r"M(\d+) (\d+)H(\d+)V(\d+)H(\d+)", path)
    assert "".join("M{} {}H{}V{}H{}".format(*rectangle) for rectangle in rectangles) == path
    for left, top, right, bottom, back in (map(int, rectangle) for rectangle in rectangles):
        assert left == back
        assert left < right
        assert top < bottom
        covered[top:bottom, left:right] += 1
    return covered


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_tiles_are_sorted_as_a_loop_sorts_them(shape, seed):
    """Every pixel of a tile counts, and each one around it, corners too."""
    alpha = blob(shape, seed)
    expected_opaque, expected_mixed = kinds_by_loop(alpha)
    opaque, mixed = sort_tiles(alpha)
    np.testing.assert_array_equal(opaque, expected_opaque)
    np.testing.assert_array_equal(mixed, expected_mixed)


def test_one_pixel_beside_a_tile_makes_it_mixed():
    """Scaled up it shines into the tile: from each side and each corner, but not from two pixels away."""
    for base, other in ((0, 1), (255, 254)):
        for y in range(24):
            for x in range(24):
                alpha = np.full((24, 24), base, np.uint8)
                alpha[y, x] = other
                near = 7 <= y <= 16 and 7 <= x <= 16
                assert sort_tiles(alpha).mixed[1, 1] == near, (base, y, x)


def test_alpha_may_be_one_channel_of_an_overlay():
    """The painter gives it as it lies in memory: every fourth byte."""
    overlay = np.zeros((144, 256, 4), np.uint8)
    overlay[..., 3] = blob((144, 256), 1)
    for seen, expected in zip(sort_tiles(overlay[..., 3]), kinds_by_loop(overlay[..., 3]), strict=True):
        np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("size", [HD, Size(767, 433), Size(999, 301), Size(256, 144), Size(3840, 2161)])
def test_what_is_filled_or_left_out_needs_no_blending(size):
    """Scaled up bilinearly, alpha is 255 at each pixel of opaque tiles, and 0 outside of all that is drawn."""
    alpha = blob((144, 256), 2)
    tiles = sort_tiles(alpha)
    opaque, mixed = (drawn(path_of(which, size), size) for which in tiles)
    assert (opaque + mixed).max() == 1, "a pixel is drawn twice"
    scaled = resize_half_pixel(alpha[..., None].astype(np.float32), *size)[..., 0]
    assert opaque.any()
    assert (scaled[opaque == 1] == 255).all()
    assert (scaled[opaque + mixed == 0] == 0).all()


def test_a_path_has_a_rectangle_for_each_run():
    """Neighbours in a row are one rectangle; at the row's ends none leaks into the next."""
    tiles = np.array([[1, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]], bool)
    assert path_of(tiles, Size(42, 40)) == "M0 0H21V10H0M32 0H42V10H32M0 10H10V20H0M0 30H42V40H0"
    assert path_of(np.zeros((2, 2), bool), Size(8, 8)) == ""


def test_tiles_are_for_large_pictures_with_smooth_outlines():
    """None for what is as quick without, and for what would have seams."""
    alpha = blob((144, 256), 3)
    assert tiles_for(alpha, HD) is not None
    assert tiles_for(alpha, Size(640, LEAST_PIXELS // 640)) is None
    assert tiles_for(alpha, Size(200, 3000)) is None, "scaled down"
    assert tiles_for(alpha, Size(5000, 100)) is None, "scaled down"
    assert tiles_for(alpha[:-4], HD) is None, "no whole tiles"
    assert tiles_for(np.ascontiguousarray(alpha[:, :-4]), HD) is None, "no whole tiles"
    most = int(MOST_MIXED * 18 * 32)
    for count, worth in ((most, True), (most + 1, False)):
        ragged = np.zeros((18, 32), np.uint8)
        ragged.flat[:count] = 1
        ragged = np.kron(ragged, np.pad(np.full((6, 6), 128, np.uint8), 1))
        assert (tiles_for(ragged, HD) is not None) == worth


def test_widened_has_all_that_touch():
    """Corners count."""
    random = np.random.default_rng(5)
    tiles = random.random((18, 32)) < 0.05
    padded = np.pad(tiles, 1)
    expected = [[padded[row : row + 3, column : column + 3].any() for column in range(32)] for row in range(18)]
    np.testing.assert_array_equal(widened(tiles), expected)


@pytest.mark.parametrize("seed", range(4))
def test_wrapped_light_ends_within_the_widened_tiles(seed):
    """Where the backdrop's light falls on the person, the edge is drawn; scaled up as well."""
    alpha = blob((144, 256), seed)
    mask = (255 - alpha).astype(np.float32) / 255
    share = stretched(wrap_share(quarter(mask))[..., None].astype(float), 256, 144) * mask[..., None]
    tiles = sort_tiles(alpha)
    within = drawn(path_of(widened(tiles.mixed) & ~tiles.opaque, HD), HD)
    light = resize_half_pixel(share.astype(np.float32), *HD)[..., 0]
    assert light[within == 1].max() > 0.5
    assert light[within == 0].max() < 1e-6
    assert light[drawn(path_of(tiles.mixed, HD), HD) == 0].max() > 1 / 255, "no need to widen"


def test_flat_color_is_that_of_every_pixel():
    """For each effect: the colour that the whole overlay has, or None where there is more than one."""
    random = np.random.default_rng(6)
    mask = np.clip(random.normal(0.5, 0.6, (16, 24)), 0, 1).astype(np.float32)
    sample = random.integers(0, 256, (16, 24, 4), np.uint8)
    for name, effect in EFFECTS.items():
        options = Options(effect=name, color="#204060")
        flat = flat_color(options)
        if effect.overlay is None:
            assert flat is None
            continue
        out = np.empty_like(sample)
        fill_overlay(effect.overlay, Scene(sample, mask, Size(96, 64), options), out)
        colors = {tuple(color) for color in out[..., :3].reshape(-1, 3).tolist()}
        assert (flat is None) == (len(colors) > 1), name
        assert flat is None or colors == {flat}, name
    assert flat_color(Options(effect="color", color="#204060")) == (32, 64, 96)


def test_edges_lie_under_an_overlay_that_hides_what_is_not_the_person():
    """So the painter may leave out the edge where the overlay is opaque."""
    with_edge = {name: effect for name, effect in EFFECTS.items() if "edge" in {draw.layer for draw in effect.draws}}
    assert with_edge
    for name, effect in with_edge.items():
        layers = [draw.layer for draw in effect.draws]
        hides = next(draw for draw in effect.draws[layers.index("edge") :] if draw.layer == "overlay")
        assert hides.operator in {"source-over", "destination-out"}, name
        assert effect.overlay is not None
        assert effect.overlay.covers == "background", name
