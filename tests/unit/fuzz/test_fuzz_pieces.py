"""The pieces between a mask and a composite, with masks and sizes of every kind."""

from __future__ import annotations

import io
import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pyselfie.core import sampling
from pyselfie.core.blur import blur_background, blur_sigma
from pyselfie.core.close_up import CloseUp
from pyselfie.core.edge import cast_color
from pyselfie.core.geometry import Size, cover_crop, fit_within, opaque_part
from pyselfie.core.tiles import path_of, sort_tiles, tiles_for
from pyselfie.core.trace import STEPS, Step, as_npy, histogram, picture, report, thumbnail
from pyselfie.core.zoom import closer_look, is_confirmed, part_of, person_box, placed_classes, put_back
from pyselfie.extras import best_sampling

SEEDS = st.integers(0, 2**32 - 1)
FRAME_SIZES = st.builds(Size, st.integers(1, 300), st.integers(1, 300))
LEVELS = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


def blob(seed: int, height: int = 32, width: int = 48) -> np.ndarray:
    """Return a mask with a person of any size anywhere, or nobody, or noise."""
    random = np.random.default_rng(seed)
    mask = np.zeros((height, width), np.float32)
    if seed % 5 == 0:
        return random.random((height, width), np.float32)
    for _ in range(seed % 3):
        top, left = random.integers(0, height), random.integers(0, width)
        mask[top : top + random.integers(1, height), left : left + random.integers(1, width)] = random.random() + 0.3
    return mask.clip(0, 1)


def check_part(part, size):
    """See that a part is of whole pixels and lies within its frame."""
    assert all(number == int(number) for number in part)
    assert part.x >= 0
    assert part.y >= 0
    assert part.width >= 1
    assert part.height >= 1
    assert part.x + part.width <= size.width
    assert part.y + part.height <= size.height


@given(SEEDS, FRAME_SIZES)
def test_a_closer_look_lies_in_the_picture(seed, size):
    """Whoever is small is shown by a part of the picture; what is put back stays in 0..1."""
    first = blob(seed)
    box = person_box(first)
    part = closer_look(box, size)
    if part is None or box is None:
        return
    check_part(part, size)
    frame = np.zeros((size.height, size.width, 3), np.uint8)
    assert part_of(frame, part).shape == (int(part.height), int(part.width), 3)
    assert isinstance(is_confirmed(first, blob(seed + 1), part, size), bool)
    mask = np.zeros(frame.shape[:2], np.float32)
    put_back(np.ones((int(part.height), int(part.width)), np.float32), part, box, mask)
    assert 0 <= mask.min() <= mask.max() <= 1
    background = blob(seed + 2)
    classes = placed_classes(np.stack([background, 1 - background]), part, size)
    assert np.allclose(classes.sum(axis=0), 1, atol=1e-5)


@given(FRAME_SIZES, st.lists(SEEDS, min_size=1, max_size=40))
def test_a_film_is_followed_within_its_frame(size, seeds):
    """Whatever the masks are from frame to frame, the part that is shown lies in the frame."""
    eye = CloseUp()
    for seed in seeds:
        glance = eye.saw(blob(seed), size)
        if glance is not None:
            check_part(glance, size)
            eye.glanced(blob(seed + 1), size, is_seen=bool(seed % 2))
        assert (eye.part is None) == (eye.counts is None)
        if eye.part is not None:
            check_part(eye.part, size)


@given(st.floats(0, 1), FRAME_SIZES, SEEDS)
def test_any_frame_is_blurred(strength, size, seed):
    """A background is numbers in 0..255, whatever the frame's shape and the mask."""
    rgb = np.random.default_rng(seed).integers(0, 256, (32, 48, 3), np.uint8)
    blurred = blur_background(rgb, blob(seed), blur_sigma(strength, size, (48, 32)))
    assert np.isfinite(blurred).all()
    assert blurred.min() >= -1
    assert blurred.max() <= 256


@given(SEEDS, st.floats(0, 0.1), st.integers(1, 6))
def test_any_cast(seed, strength, side):
    """A cast is a colour of bytes, one of them 255."""
    random = np.random.default_rng(seed)
    sample = random.integers(0, 256, (32, 48, 3), np.uint8) * np.uint8(seed % 2)
    light = random.integers(0, 256, (side, side, 3), np.uint8) * np.uint8(seed % 3)
    color = cast_color(sample, blob(seed), light, strength)
    assert max(color) == 255
    assert min(color) >= 0


@given(SEEDS, st.integers(1, 5), st.integers(1, 5), FRAME_SIZES)
def test_any_overlay_in_tiles(seed, rows, columns, size):
    """Tiles are of each kind once, and their paths are text."""
    alpha = (blob(seed, 8 * rows, 8 * columns) * 255).astype(np.uint8)
    tiles = sort_tiles(alpha)
    assert not (tiles.opaque & tiles.mixed).any()
    assert path_of(tiles.mixed, size).count("M") <= tiles.mixed.size
    tiles_for(alpha, Size(4000, 3000))
    part = opaque_part(np.dstack([alpha] * 4))
    assert (part is None) == (not alpha.any())


@given(FRAME_SIZES, FRAME_SIZES, st.integers(1, 400))
def test_sizes_that_fit(source, target, side):
    """What is fit lies within the limit, and a crop within its source."""
    fitted = fit_within(source, side)
    assert min(fitted) >= 1
    assert max(fitted) <= max(side, 1)
    crop = cover_crop(source, target)
    assert crop.width > 0
    assert crop.height > 0
    assert crop.x >= -1e-6
    assert crop.x + crop.width <= source.width + 1e-6


@given(FRAME_SIZES, FRAME_SIZES, SEEDS)
def test_numpy_and_opencv_resize_alike(source, target, seed):
    """Both samplings give the same picture to within a step, of any two sizes."""
    rgb = np.random.default_rng(seed).integers(0, 256, (source.height, source.width, 3), np.uint8)
    one, other = (module.resize_half_pixel(rgb, *target) for module in (sampling, best_sampling()))
    assert one.shape == other.shape == (target.height, target.width, 3)
    assert np.abs(one.astype(int) - other).max() <= 1
    warped = [module.corner_warp(rgb, 24, 16) for module in (sampling, best_sampling())]
    assert np.array_equal(*warped)


@given(st.tuples(st.integers(1, 400), st.integers(1, 9)), st.sampled_from([1, 3, 4]), SEEDS)
def test_any_step_of_a_trace(size, channels, seed):
    """A step's picture, thumbnail, histogram, report and file are made of any values, and JSON can hold the figures."""
    random = np.random.default_rng(seed)
    array = random.random((*size, channels), np.float32) * np.float32(random.choice([1, 1e38])) - np.float32(seed % 2)
    array.flat[seed % array.size] = random.choice([np.nan, np.inf, -np.inf, 0.5])
    array = array[..., 0] if channels == 1 else array
    if seed % 3 == 0 and channels > 1:
        array = random.integers(0, 256, (*size, channels), np.uint8)
    assert picture(array).shape == (*size, 4)
    assert max(thumbnail(array).shape[:2]) <= 160
    counted = histogram(array)
    assert sum(map(sum, counted["counts"])) == np.isfinite(array).sum()
    json.dumps([counted, report(dict.fromkeys(STEPS, Step(array)), {})], allow_nan=False)
    read = np.load(io.BytesIO(as_npy(array)))
    assert np.array_equal(read, array, equal_nan=array.dtype.kind == "f")
    assert math.isfinite(counted["low"])
