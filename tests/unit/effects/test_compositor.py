"""The effects on arrays: what the person and the background become."""

import dataclasses

import numpy as np
import pytest

from pyselfie.core.effects import NEUTRAL_GREY
from pyselfie.core.options import Options
from pyselfie.core.sampling import resize_half_pixel
from tests.reference.compositor import composite
from tests.reference.porter_duff import OPERATORS, premultiply, to_straight_u8

FRAME_SIZE = (90, 160)
PERSON = np.s_[40:85, 60:100]
WALL = np.s_[5:80, 5:35]


@pytest.fixture
def frame():
    return np.random.default_rng(5).integers(0, 256, (*FRAME_SIZE, 3), np.uint8)


@pytest.fixture
def mask():
    mask = np.zeros((144, 256), np.float32)
    mask[56:144, 88:168] = 1
    return mask


def paint(frame, mask, effect, **options):
    backdrop = options.pop("backdrop", None)
    return composite(frame, mask, dataclasses.replace(Options(effect=effect), **options), backdrop)


def test_fill_paints_the_person_and_keeps_the_background(frame, mask):
    """The legacy effect: the person becomes one colour, the rest stays as it is."""
    result = paint(frame, mask, "fill", color="#10C020")
    assert (result[PERSON] == (0x10, 0xC0, 0x20, 255)).all()
    np.testing.assert_array_equal(result[WALL][..., :3], frame[WALL])


def test_fill_equals_the_legacy_demos_three_steps(frame):
    """Frame then overlay gives what mask, `source-in` fill and `destination-atop` frame give, soft edges included."""
    mask = np.random.default_rng(2).random((144, 256), np.float32)
    alpha = np.rint(mask * 255) / np.float32(255)
    canvas = resize_half_pixel(np.dstack([alpha] * 4).astype(np.float32), 160, 90)
    canvas = OPERATORS["source-in"](canvas, np.array([0, 1, 0, 1], np.float32))
    opaque = premultiply(np.dstack([frame, np.full(FRAME_SIZE, 255, np.uint8)]))
    legacy = to_straight_u8(OPERATORS["destination-atop"](canvas, opaque))
    assert np.abs(paint(frame, mask, "fill").astype(int) - legacy).max() <= 1


def test_color_and_picture_keep_the_person_and_replace_the_background(frame, mask):
    """The person's pixels stay, behind them stands the colour, the picture, or neutral grey while there is none."""
    wall = np.full((50, 50, 3), (9, 8, 7), np.uint8)
    for result, behind in [
        (paint(frame, mask, "color", color="#0000FF"), (0, 0, 255)),
        (paint(frame, mask, "picture", backdrop=wall), (9, 8, 7)),
        (paint(frame, mask, "picture"), (NEUTRAL_GREY,) * 3),
    ]:
        np.testing.assert_array_equal(result[PERSON][..., :3], frame[PERSON])
        assert (result[WALL][..., :3] == behind).all()
        assert (result[..., 3] == 255).all()


def test_backdrop_is_cropped_to_cover_and_never_stretched(frame, mask):
    """Of a tall picture only the middle that has the frame's aspect is seen."""
    tall = np.zeros((320, 160, 3), np.uint8)
    tall[115:205] = 200
    result = paint(frame, mask, "picture", backdrop=tall)
    assert (result[WALL][..., :3] == 200).all()


def test_mirror_turns_the_person_but_not_the_backdrop(frame, mask):
    """Frame and mask are mirrored together; the picture behind stays readable."""
    mask[:, :128] = 0
    backdrop = np.zeros((90, 160, 3), np.uint8)
    backdrop[:, :80] = 255
    plain = paint(frame, mask, "picture", backdrop=backdrop, light_wrap=0)
    mirrored = paint(frame, mask, "picture", backdrop=backdrop, light_wrap=0, mirror=True)
    np.testing.assert_array_equal(mirrored[50:80, 60:78, :3], plain[50:80, 82:100, :3][:, ::-1])
    assert (mirrored[5, :79, :3] == 255).all()


def test_transparent_has_the_mask_as_alpha(frame, mask):
    """The person is opaque, the background fully transparent."""
    result = paint(frame, mask, "transparent")
    assert (result[PERSON][..., 3] == 255).all()
    assert (result[WALL] == 0).all()


def test_mask_view_is_the_mask_in_grey(frame):
    """Grey levels follow the mask, opaque everywhere."""
    mask = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (144, 1))
    result = paint(frame, mask, "mask")
    expected = np.rint(resize_half_pixel(mask, 160, 90) * 255)
    assert np.abs(result[..., 0] - expected).max() <= 1
    assert (result[..., 3] == 255).all()


def test_blur_keeps_the_person_sharp_and_smooths_the_background(frame, mask):
    """The person's pixels stay; the background's contrast falls."""
    result = paint(frame, mask, "blur", strength=0.5)
    np.testing.assert_array_equal(result[PERSON][..., :3], frame[PERSON])
    assert result[WALL][..., :3].std() < 0.2 * frame[WALL].std()
