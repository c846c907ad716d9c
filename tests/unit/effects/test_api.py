"""The desktop effects: the reference's pixels, at full size and fast, with or without OpenCV; and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie import Segmenter, effects
from pyselfie.arrays import blending
from pyselfie.arrays import painter as array_painter
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.core import sampling
from pyselfie.core.effects import EFFECTS, Overlay, draws_for, folds_edge
from pyselfie.core.geometry import Rect
from pyselfie.core.options import Options
from tests.reference.compositor import composite, looked_up, overlay_image
from tests.reference.edge import edge_color, stretched
from tests.reference.effects import MADE_UP, add_made_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

FUNCTIONS = {
    "fill": lambda frame, mask, _: effects.fill(frame, mask, color="#12C8F0"),
    "mask": lambda frame, mask, _: effects.mask_overlay(frame, mask),
    "color": lambda frame, mask, _: effects.replace_background(frame, mask, "#12C8F0"),
    "picture": effects.replace_background,
    "blur": lambda frame, mask, _: effects.blur(frame, mask, strength=0.7),
    "transparent": lambda frame, mask, _: effects.cut_out(frame, mask),
}


def rounding(options: Options) -> int:
    """Return how far two pictures may be apart that are rounded layer by layer, each time by half a level.

    Ours and the reference round three times each without an edge (the overlay's colour and alpha, the picture), and two
    times more with one.
    """
    has_edge = folds_edge(options) or any(draw.layer == "edge" for draw in draws_for(options))
    return 5 if has_edge else 3


@pytest.fixture(scope="module")
def frame(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 320x500 pixels: a size that no model has."""
    return np.ascontiguousarray(astronaut[:320, :500])


@pytest.fixture(scope="module")
def masks(frame: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Return the mask at the model's size and at the frame's."""
    with Segmenter() as segmenter:
        small = sampling.resize_half_pixel(segmenter.segment(frame), 256, 256)
    return {"model": small, "frame": sampling.resize_half_pixel(small, frame.shape[1], frame.shape[0])}


@pytest.fixture(scope="module")
def backdrop(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return another picture, with another aspect than the frame's."""
    return np.ascontiguousarray(astronaut[400:, ::-1])


@pytest.fixture(params=["opencv", "numpy"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with OpenCV, and as if there were none."""
    if request.param == "numpy":
        monkeypatch.setattr(array_painter, "best_sampling", lambda: sampling)
        monkeypatch.setattr(array_painter, "best_blending", lambda: blending)


def reference(
    frame: NDArray[np.uint8],
    masks: dict[str, NDArray[np.float32]],
    options: Options,
    backdrop: NDArray[np.uint8],
    kind: str = "model",
) -> NDArray[np.float64]:
    """Return what can be seen of the effect.

    Blur and edge read the mask at the model's size; one that comes at the frame's is brought there and so softened.
    """
    if folds_edge(options):
        return looked_up(frame, sampling.resize_half_pixel(masks[kind], 256, 256), options, masks["frame"])
    return premultiplied(composite(frame, masks["model"], options, backdrop))


def premultiplied(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return what can be seen of a picture, RGB or RGBA, in 0..255: colours behind no alpha do not count."""
    if picture.shape[2] == 3:
        return picture.astype(np.float64)
    return np.dstack([picture[..., :3] * (picture[..., 3:] / 255), picture[..., 3:]])


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("kind", ["model", "frame"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_the_pixels_of_the_reference(
    name: str, kind: str, frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]], backdrop: NDArray[np.uint8]
) -> None:
    """Each function gives the reference's picture, give or take rounding.

    The canvas is tested against the same one, but for how blur's alpha is stretched.
    """
    options = Options(effect=name, color="#12C8F0", strength=0.7)
    expected = reference(frame, masks, options, backdrop, kind)
    actual = premultiplied(FUNCTIONS[name](frame, masks[kind], backdrop))
    difference = np.abs(actual - expected[..., : actual.shape[2]])
    assert (actual.shape[2] == 4) == (name == "transparent")
    assert difference.max() <= rounding(options)
    assert difference.mean() < 0.35


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", [*EFFECTS, *MADE_UP])
def test_every_record_is_painted(
    name: str,
    frame: NDArray[np.uint8],
    masks: dict[str, NDArray[np.float32]],
    backdrop: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An effect needs no code of its own: whatever a record combines has the reference's pixels."""
    add_made_up(monkeypatch)
    options = Options(effect=name, color="#12C8F0", mirror=True)
    expected = reference(frame, masks, options, backdrop)
    actual = premultiplied(ArrayPainter(options, backdrop).paint(frame, masks["model"]))
    difference = np.abs(actual - expected[..., : actual.shape[2]])
    assert difference.max() <= rounding(options)
    assert difference.mean() < 0.35


@pytest.mark.usefixtures("engine")
def test_blur_takes_the_old_background_out_of_the_edge(
    frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]]
) -> None:
    """The one folded draw gives what the edge and the background, one after the other, would give."""
    height, width = frame.shape[:2]
    small, alpha = masks["model"], masks["frame"][..., None]
    sample = sampling.resize_half_pixel(frame, 256, 256)
    color = stretched(edge_color(sample, small), width, height)
    plain = Options(effect="blur", strength=0.7, decontaminate=False)
    background: Any = overlay_image(Overlay("blurred", "all"), frame, small, plain)[..., :3]
    person: Any = alpha * frame + (1 - alpha) * color
    expected = alpha * person + (1 - alpha) * stretched(background, width, height)
    actual = effects.blur(frame, masks["frame"], strength=0.7)
    difference = np.abs(actual - expected)
    assert difference.max() <= 10  # the one colour is a quotient, made at the mask's size and enlarged, which costs 9
    edge = (alpha > 0.02) & (alpha < 0.98)
    without = effects.blur(frame, masks["frame"], strength=0.7, decontaminate=False)
    assert 5 * difference[edge[..., 0]].mean() < np.abs(without - expected)[edge[..., 0]].mean()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", ["transparent", "blur"])
def test_edge_does_not_depend_on_the_masks_size(name: str, astronaut: NDArray[np.uint8]) -> None:
    """The edge's colours and the blur are those of a mask of the model's size, as near as another size gets.

    A mask half as large as the frame gets as near if its sides are multiples of 16, as a model's are, as if not.
    """
    frame = sampling.resize_half_pixel(astronaut, 1280, 960)
    with Segmenter() as segmenter:
        small = sampling.resize_half_pixel(segmenter.segment(frame), 256, 256)
    paint = ArrayPainter(Options(effect=name)).paint
    expected = premultiplied(paint(frame, small))

    def off(width: int, height: int) -> float:
        actual = premultiplied(paint(frame, sampling.resize_half_pixel(small, width, height)))
        return float(np.abs(actual - expected).mean())

    assert off(640, 480) < 1.3 * off(641, 481)
    assert off(1920, 1440) < 1.3 * off(1921, 1441)


EDGES = {
    "wrap": {"effect": "picture", "light_wrap": 0.6},
    "wrap alone": {"effect": "picture", "light_wrap": 0.6, "decontaminate": False},
    "wrap, mirrored": {"effect": "picture", "light_wrap": 0.6, "mirror": True},
    "cast": {"effect": "picture", "colour_cast": 0.1},
    "plain": {"effect": "picture", "light_wrap": 0.0, "decontaminate": False},
    "plain blur": {"effect": "blur", "decontaminate": False},
}


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", EDGES)
def test_edge_has_the_pixels_of_the_reference(
    name: str, frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]], backdrop: NDArray[np.uint8]
) -> None:
    """Light and cast of the backdrop, and what the painters do where nothing of it is wanted."""
    options = Options().updated(EDGES[name])
    expected = composite(frame, masks["model"], options, backdrop, masks["frame"])[..., :3].astype(float)
    difference = np.abs(ArrayPainter(options, backdrop).paint(frame, masks["model"]) - expected)
    assert difference.max() <= 4  # both round layer by layer
    assert difference.mean() < 0.35


VIEW = Rect(0.21, 0.08, 0.63, 0.63)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", ["wrap, mirrored", "plain blur", "transparent", "ghost"])
def test_a_view_has_the_pixels_of_the_reference(
    name: str,
    frame: NDArray[np.uint8],
    masks: dict[str, NDArray[np.float32]],
    backdrop: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All but the backdrop is enlarged, whatever an effect draws in which order, and the light falls from where it is.

    A view that is a pixel off fails.
    """
    add_made_up(monkeypatch)
    options = Options().updated(EDGES.get(name, {"effect": name}))

    def off(view: Rect) -> float:
        expected = premultiplied(composite(frame, masks["model"], options, backdrop, masks["frame"], view))
        return float(np.abs(got - expected[..., : got.shape[2]]).mean())

    got = premultiplied(ArrayPainter(options, backdrop).paint(frame, masks["model"], VIEW))
    assert off(VIEW) < 0.5
    assert off(VIEW._replace(x=VIEW.x + 1 / frame.shape[1])) > 1.5 * off(VIEW)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("background", ["#0000FF", None])
def test_person_is_untouched_where_nothing_is_mixed(
    frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]], background: str | None
) -> None:
    """Where the mask says 1 the frame stays, bit for bit; where it says 0 the background does."""
    mask = masks["frame"]
    clean = effects.replace_background(frame, mask, background, light_wrap=0)
    plain = effects.replace_background(frame, mask, background, light_wrap=0, decontaminate=False)
    for sure in (np.rint(mask * 255) == 255, np.rint(mask * 255) == 0):
        np.testing.assert_array_equal(clean[sure], plain[sure])
    assert (clean != plain).any()


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("behind", [(0, 0, 0), (255, 255, 255), (0, 255, 0)])
def test_cut_out_shows_no_rim_on_any_background(behind: tuple[int, int, int]) -> None:
    """A person of one colour, cut out of a bright wall, has that colour up to the edge, in the PNG and put anywhere."""
    alpha = np.clip((np.arange(256, dtype=np.float32) - 125) / 6, 0, 1)
    mask = np.tile(alpha, (256, 1))
    person, wall = np.array([90, 60, 40]), np.array([230, 235, 240])
    frame = np.rint(mask[..., None] * person + (1 - mask[..., None]) * wall).astype(np.uint8)

    def off(rgba: NDArray[np.uint8]) -> float:
        share = rgba[..., 3:] / 255
        truth = mask[..., None] * person + (1 - mask[..., None]) * behind
        return float(np.abs(share * rgba[..., :3] + (1 - share) * behind - truth)[:, 125:132].mean())

    clean, plain = effects.cut_out(frame, mask), effects.cut_out(frame, mask, decontaminate=False)
    np.testing.assert_array_equal(clean[..., 3], plain[..., 3])
    assert 2 * off(clean) < off(plain)
    seen = clean[..., 3] > 25
    assert np.abs(clean[..., :3] - person)[seen].max() < 0.5 * np.abs(plain[..., :3] - person)[seen].max()


def test_masks_detail_is_kept(frame: NDArray[np.uint8]) -> None:
    """A mask of the frame's size counts pixel by pixel: it is not reduced to the model's size."""
    mask = (np.indices(frame.shape[:2]).sum(axis=0) % 2).astype(np.float32)
    np.testing.assert_array_equal(effects.cut_out(frame, mask)[..., 3], (mask * 255).astype(np.uint8))
    np.testing.assert_array_equal(effects.replace_background(frame, mask, "#0000FF")[mask == 0][0], [0, 0, 255])
    np.testing.assert_array_equal(effects.fill(frame, mask)[mask == 0], frame[mask == 0])


def test_hidden_background_is_really_gone(frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]]) -> None:
    """Where `cut_out` leaves no alpha it leaves no colour: a PNG gives nothing away."""
    rgba = effects.cut_out(frame, masks["frame"])
    assert (rgba[..., 3] == 0).any()
    assert not rgba[rgba[..., 3] == 0].any()


@pytest.mark.usefixtures("engine")
def test_input_is_left_alone(frame: NDArray[np.uint8], masks: dict[str, NDArray[np.float32]]) -> None:
    """Read-only arrays do, and no function writes to what it was given."""
    frozen, mask = frame.copy(), masks["frame"].copy()
    frozen.flags.writeable = mask.flags.writeable = False
    for function in FUNCTIONS.values():
        function(frozen, mask, frozen)


def test_mirror_turns_the_person_but_not_the_backdrop(frame: NDArray[np.uint8], backdrop: NDArray[np.uint8]) -> None:
    """As on the page: what is written on a picture behind stays readable."""
    mask = np.zeros(frame.shape[:2], np.float32)
    mask[:, :100] = 1
    plain = ArrayPainter(Options(effect="picture", light_wrap=0.0), backdrop).paint(frame, mask)
    mirrored = ArrayPainter(Options(effect="picture", light_wrap=0.0, mirror=True), backdrop).paint(frame, mask)
    np.testing.assert_array_equal(mirrored[:, -100:], frame[:, 99::-1])
    np.testing.assert_array_equal(mirrored[:, 100:-100], plain[:, 100:-100])


def test_large_backdrop_is_averaged_not_thinned(frame: NDArray[np.uint8]) -> None:
    """A checkerboard of single pixels, ten times the frame's size, becomes grey and not a moire."""
    board = np.repeat((np.indices((3200, 5000)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)
    result = effects.replace_background(frame, np.zeros(frame.shape[:2]), board)
    assert result.min() >= 126
    assert result.max() <= 129
