"""The background blur: true to a Gaussian, and free of the person's colours."""

import numpy as np
import pytest

from pyselfie.core.blur import blur_background, blur_sigma, box_extent

SIZE = (144, 256)


def gaussian(image, sigma):
    """Return `image` [H, W] blurred by a sampled Gaussian, normalised at the edges."""
    for axis, s in ((0, sigma[1]), (1, sigma[0])):
        length = image.shape[axis]
        distance = np.arange(length)[:, None] - np.arange(length)
        kernel = np.exp(-(distance**2) / (2 * s * s))
        kernel /= kernel.sum(axis=1, keepdims=True)
        image = np.moveaxis(np.tensordot(kernel, image, (1, axis)), 0, axis)
    return image


def picture(seed=1):
    """Return smooth random RGB of the size SIZE: like a photo, most of its energy is in low frequencies."""
    noise = np.random.default_rng(seed).random((3, *SIZE))
    smooth = np.stack([gaussian(plane, (6, 6)) for plane in noise])
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return np.moveaxis(np.rint(smooth * 255), 0, -1).astype(np.uint8)


@pytest.mark.parametrize("sigma", [(1.2, 1.2), (2.5, 2.5), (3.7, 6.6), (7, 7), (12, 12)])
def test_without_a_person_it_is_a_gaussian(sigma):
    """Three boxes at reduced resolution differ from the true Gaussian by less than a grey level on average."""
    rgb = picture()
    blurred = blur_background(rgb, np.zeros(SIZE, np.float32), sigma)
    expected = np.stack([gaussian(rgb[..., c].astype(float), sigma) for c in range(3)])
    inner = np.s_[:, 20:-20, 20:-20]  # at the edges the boxes count fewer pixels than the Gaussian's tail
    assert np.abs(blurred[inner] - expected[inner]).mean() < 1
    assert np.abs(blurred[inner] - expected[inner]).max() < 8


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("frame_size", [(1280, 720), (640, 480), (480, 640)])
def test_nothing_of_the_person_bleeds_into_the_background(strength, frame_size):
    """A red person with a soft edge on a blue-grey wall leaves no red outside, at any strength: no halo."""
    rgb = np.empty((*SIZE, 3), np.uint8)
    rgb[:] = (90, 100, 140)
    mask = np.zeros(SIZE, np.float32)
    mask[40:, 90:170] = 1
    mask = gaussian(mask, (1.5, 1.5)).astype(np.float32)
    rgb[mask > 0.02] = (255, 0, 0)  # the person's colour reaches to the mask's faintest edge
    rgb[mask <= PERSON_EDGE] = (90, 100, 140)
    blurred = blur_background(rgb, mask, blur_sigma(strength, frame_size, (256, 144)))
    background = mask < 0.5
    assert np.abs(blurred[:, background] - np.array([[90], [100], [140]])).max() < 2


PERSON_EDGE = 0.1


def test_a_frame_full_of_person_gives_a_finite_colour():
    """Where there is no background at all the blur is still a colour."""
    rgb = np.full((*SIZE, 3), 200, np.uint8)
    blurred = blur_background(rgb, np.ones(SIZE, np.float32), (4, 4))
    assert np.isfinite(blurred).all()
    assert blurred.min() >= 0
    assert blurred.max() <= 255


def test_a_hole_in_the_person_is_filled_from_around():
    """Far inside the person the colour is that of the background around, not black."""
    rgb = np.full((*SIZE, 3), 120, np.uint8)
    mask = np.zeros(SIZE, np.float32)
    mask[20:, 40:216] = 1
    assert blur_background(rgb, mask, (1.5, 1.5)) == pytest.approx(np.full((3, *SIZE), 120), abs=1)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.7, 3.3, 8.0])
def test_three_boxes_have_the_gaussians_variance(sigma):
    """The three boxes' variances add up to sigma squared, whatever sigma is: the strength has no steps."""
    radius, fraction = box_extent(sigma)
    weights = np.concatenate([[fraction], np.ones(2 * radius + 1), [fraction]])
    distance = np.arange(-radius - 1, radius + 2)
    assert 0 <= fraction < 1
    assert 3 * np.average(distance**2, weights=weights) == pytest.approx(sigma**2)


def test_stronger_means_wider_in_proportion_to_the_frame():
    """Sigma follows the frame's height and the mask's stretch."""
    sigma_x, sigma_y = blur_sigma(0.5, (1280, 720), (256, 256))
    assert sigma_y == pytest.approx(0.026 * 256)
    assert sigma_x == pytest.approx(0.026 * 720 * 256 / 1280)
    assert blur_sigma(1.0, (1280, 720), (256, 256))[0] > sigma_x
