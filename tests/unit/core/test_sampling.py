"""Both sampling conventions, NumPy against OpenCV and against their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pyselfie.arrays import sampling_cv2
from pyselfie.core import sampling
from pyselfie.core.geometry import Rect
from pyselfie.core.perspective import STEPS, warp_coordinates

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = [(1, 1), (1, 9), (2, 3), (7, 5), (99, 101), (256, 144), (354, 237), (1000, 37), (33, 1201), (1283, 719)]
MODEL_SIZES = [(256, 256), (256, 144)]


def noise(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("target", MODEL_SIZES)
@pytest.mark.parametrize("source", SIZES)
def test_corner_warp_is_the_same_in_numpy_and_opencv(source: tuple[int, int], target: tuple[int, int]) -> None:
    """Both corner warps give the same bytes, on pictures of noise and of any size."""
    picture = noise(*source)
    np.testing.assert_array_equal(sampling.corner_warp(picture, *target), sampling_cv2.corner_warp(picture, *target))


@pytest.mark.parametrize("target", MODEL_SIZES)
@pytest.mark.parametrize("source", SIZES)
def test_warp_coordinates_scale_corner_to_corner(source: tuple[int, int], target: tuple[int, int]) -> None:
    """Pixel (x, y) samples (x * W / w, y * H / h), to the nearest 1/32 pixel, whichever side a tie falls on."""
    x, y = warp_coordinates(source, target)
    exact_x = np.arange(target[0]) * (source[0] * STEPS / target[0])
    exact_y = np.arange(target[1])[:, None] * (source[1] * STEPS / target[1])
    assert np.abs(x - exact_x).max() <= 0.5 + 1e-9
    assert np.abs(y - exact_y).max() <= 0.5 + 1e-9


def test_corner_warp_of_the_same_size_changes_nothing() -> None:
    """A picture of the model's size goes in as it is."""
    picture = noise(256, 144)
    np.testing.assert_array_equal(sampling.corner_warp(picture, 256, 144), picture)


def test_corner_warp_is_black_outside() -> None:
    """Past the last pixel the picture fades to black, as with OpenCV's constant border."""
    white = np.full((2, 2, 3), 255, np.uint8)
    warped = sampling.corner_warp(white, 4, 4)[..., 0]
    np.testing.assert_array_equal(warped[0], [255, 255, 255, 128])
    np.testing.assert_array_equal(warped[:, 3], [128, 128, 128, 64])


def test_corner_warp_of_a_picture_that_opencv_cannot_remap() -> None:
    """A picture wider than 16 bits count is warped all the same."""
    wide = noise(40_000, 3)
    np.testing.assert_array_equal(sampling_cv2.corner_warp(wide, 256, 144)[0, 0], wide[0, 0])


def test_warp_coordinates_are_shared_and_cannot_be_changed() -> None:
    """The cached arrays are read-only."""
    x, _ = warp_coordinates((5, 6), (7, 8))
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0] = 1


@pytest.mark.parametrize("size", [(256, 144), (1, 1), (37, 500), (1280, 720), (100, 50)])
@pytest.mark.parametrize("shape", [(144, 256), (256, 256), (5, 7), (1, 1), (60, 80, 3)])
def test_resize_of_floats_is_that_of_opencv(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    """Half-pixel bilinear in NumPy equals cv2.resize to the rounding of a position in float32."""
    array = np.random.default_rng(5).random(shape, dtype=np.float32)
    expected = cv2.resize(array, size, interpolation=cv2.INTER_LINEAR)
    actual = sampling.resize_half_pixel(array, *size)
    assert actual.dtype == np.float32
    np.testing.assert_allclose(actual, expected.reshape(actual.shape), rtol=0, atol=1.2e-5)


@pytest.mark.parametrize("size", [(256, 144), (37, 500), (1280, 720)])
def test_resize_of_bytes_rounds_to_the_nearest(size: tuple[int, int]) -> None:
    """uint8 stays uint8, and differs from OpenCV's 11-bit weights by one at most."""
    picture = noise(300, 200)
    expected = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    actual = sampling.resize_half_pixel(picture, *size)
    assert actual.dtype == np.uint8
    assert np.abs(actual.astype(int) - expected).max() <= 1


def test_resize_by_its_definition() -> None:
    """Target pixel x samples the source at (x + 1/2) * W / w - 1/2, clamped to the edge."""
    row = np.array([[0, 1, 2, 3]], np.float32)
    expected = np.clip((np.arange(8) + 0.5) / 2 - 0.5, 0, 3)
    np.testing.assert_allclose(sampling.resize_half_pixel(row, 8, 1), expected[None], atol=1e-7)


@pytest.mark.parametrize("module", [sampling, sampling_cv2], ids=["numpy", "opencv"])
def test_resize_to_the_same_size_returns_a_copy(module: object) -> None:
    """The result never shares memory with the input, which the caller may reuse."""
    array = np.zeros((4, 5), np.float32)
    assert not np.shares_memory(module.resize_half_pixel(array, 5, 4), array)  # type: ignore[attr-defined]


def test_a_part_is_stretched_where_it_lies() -> None:
    """A slope has its own value at the place of each pixel, and its last value beyond the edges."""
    slope = np.broadcast_to(np.arange(64, dtype=np.float32), (48, 64))
    part = Rect(0.25, 0.5, 1.0, 0.4)
    x = np.clip((0.25 + (np.arange(100) + 0.5) / 100) * 64 - 0.5, 0, 63)
    np.testing.assert_allclose(sampling.stretch_part(slope, part, 100, 30), np.broadcast_to(x, (30, 100)), atol=1e-4)
    y = np.clip((0.5 + 0.4 * (np.arange(30) + 0.5) / 30) * 64 - 0.5, 0, 63)
    down = sampling.stretch_part(np.ascontiguousarray(slope[:, :64].T), Rect(0, 0.5, 1, 0.4), 48, 30)
    np.testing.assert_allclose(down, np.broadcast_to(y[:, None], (30, 48)), atol=1e-4)


@pytest.mark.parametrize("source", [(7, 5), (354, 237)])
def test_a_part_is_the_same_in_numpy_and_opencv(source: tuple[int, int]) -> None:
    """To the 1/32 of a pixel that OpenCV counts in; the whole is what `resize_half_pixel` makes of it."""
    picture, part = noise(*source), Rect(0.13, 0.21, 0.7, 0.64)
    ours, cv = (one.stretch_part(picture, part, 320, 200).astype(int) for one in (sampling, sampling_cv2))
    assert np.abs(ours - cv).max() <= 255 / STEPS + 1
    whole = sampling.stretch_part(picture, Rect(0, 0, 1, 1), 320, 200)
    np.testing.assert_array_equal(whole, sampling.resize_half_pixel(picture, 320, 200))
