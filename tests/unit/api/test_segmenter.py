"""`Segmenter`: refined masks of pictures and of films, what it accepts, and what it refuses."""

from __future__ import annotations

import pickle
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pyselfie import Segmenter
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

MODELS = ["general", "landscape", "multiclass"]


def raw_mask(rgb: Picture, model: str) -> NDArray[np.float32]:
    """Return the network's mask, sampled in and out by OpenCV."""
    runtime = NativeRuntime(load_spec(model, "raw"))
    sample = cv2.resize(rgb, (runtime.spec.width, runtime.spec.height), interpolation=cv2.INTER_LINEAR)
    small = runtime.run_sync(sample[None].astype(np.float32) * np.float32(1 / 255))
    return np.asarray(cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR))


def noisy(rgb: Picture, count: int) -> list[Picture]:
    """Return the same picture with a camera's noise."""
    rng = np.random.default_rng(5)
    return [np.clip(rgb + rng.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def change(masks: list[NDArray[np.float32]]) -> float:
    """Return how much masks of a still scene change from one to the next."""
    return float(np.mean([np.abs(new - old).mean() for old, new in pairwise(masks[1:])]))


@pytest.mark.parametrize("model", MODELS)
def test_raw_edges_are_the_networks(model: str, astronaut: Picture) -> None:
    """Plain half-pixel bilinear sampling in and out, and nothing else."""
    with Segmenter(model, "raw") as segmenter:
        mask = segmenter.segment(astronaut)
    assert (mask.shape, mask.dtype) == (astronaut.shape[:2], np.float32)
    np.testing.assert_allclose(mask, raw_mask(astronaut, model), atol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_refined_edges_are_steep(model: str, astronaut: Picture) -> None:
    """The person is where the network says, without its wide soft edge; values stay in 0..1."""
    with Segmenter(model) as segmenter:
        mask = segmenter.segment(astronaut)
    raw = raw_mask(astronaut, model)
    assert 0 <= mask.min() < mask.max() <= 1 + 1e-6
    both = (mask >= 0.5) & (raw >= 0.5)
    assert both.sum() / ((mask >= 0.5) | (raw >= 0.5)).sum() > 0.95
    soft = [float(((one > 0.05) & (one < 0.95)).mean()) for one in (mask, raw)]
    assert soft[0] < 0.7 * soft[1]


def test_models_have_names_and_numbers(astronaut: Picture) -> None:
    """Whatever Python takes for a number will do."""
    with Segmenter("landscape") as named, Segmenter(np.int64(1)) as numbered:
        np.testing.assert_array_equal(named.segment(astronaut), numbered.segment(astronaut))


@pytest.mark.parametrize("half", [np.float32(0.5), np.float64(0.5), np.array(0.5), 0.5], ids=repr)
def test_smoothing_may_be_a_scalar_of_numpys(half: Any) -> None:
    """It is Python's own from then on; a whole number will do, too."""
    with Segmenter("landscape", smoothing=half) as segmenter:
        assert repr(segmenter.smoothing) == "0.5"
        none: Any = np.int64(0)
        segmenter.smoothing = none
        assert repr(segmenter.smoothing) == "0"


def test_smoothing_that_is_refused_stays_what_it_was() -> None:
    """Raw edges are never smoothed, not even after somebody has tried to."""
    with Segmenter("landscape", "raw") as segmenter:
        with pytest.raises(ValueError, match="raw edges are never smoothed"):
            segmenter.smoothing = 0.5
        assert segmenter.smoothing == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"model": np.zeros((2, 2))}, r"model is array\(\[\[0\., 0\.\], \[0\., 0\.\]\]\), expected 0"),
        ({"model": "tall"}, "model is 'tall', expected 0"),
        ({"model": 7}, "model is 7, expected 0"),
        ({"edges": "crisp"}, "edges is “crisp”, but it has to be one of refined, raw"),
        ({"edges": None}, "edges is None, but it has to be one of refined, raw"),
        ({"smoothing": True}, "smoothing is True, but it has to be a number from 0 to 0.95"),
        ({"smoothing": np.bool_(False)}, "smoothing is False, but"),
        ({"smoothing": np.float32(1)}, "smoothing is 1, but"),
        ({"smoothing": [0.5]}, r"smoothing is \[0\.5\], but"),
        ({"smoothing": 1}, "smoothing is 1, but it has to be a number from 0 to 0.95"),
        ({"smoothing": float("nan")}, "but it has to be a number from 0 to 0.95"),
        ({"edges": "raw", "smoothing": 0.5}, "smoothing is 0.5, but raw edges are never smoothed"),
    ],
    ids=str,
)
def test_wrong_choices_are_one_sentence(wrong: dict[str, Any], sentence: str) -> None:
    """What came, and what was expected."""
    with pytest.raises((ValueError, TypeError), match=sentence):
        Segmenter(**wrong)


@pytest.mark.parametrize(
    ("picture", "error", "sentence"),
    [
        (None, TypeError, "the picture has to be a NumPy array of shape .*, got NoneType"),
        (np.zeros((4, 4), np.uint8), ValueError, r"got \(4, 4\): a grey picture becomes RGB by np\.dstack"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"leave alpha out with image\[\.\.\., :3\]"),
        (np.zeros((4, 4, 3), np.float32), TypeError, r"got float32: .*astype\(np\.uint8\) makes bytes"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, "the picture is empty"),
    ],
    ids=["nothing", "grey", "alpha", "float", "empty"],
)
def test_what_is_no_picture_is_refused(picture: Any, error: type[Exception], sentence: str) -> None:
    """With what would help; the next picture is segmented as ever."""
    with Segmenter() as segmenter:
        with pytest.raises(error, match=sentence):
            segmenter.segment(picture)
        assert segmenter.segment(np.zeros((9, 7, 3), np.uint8)).shape == (9, 7)


@pytest.mark.parametrize("size", [(1, 1), (1, 12_000), (12_000, 3), (256, 256), (144, 256)], ids=str)
@pytest.mark.parametrize("level", [0, 127, 255])
@pytest.mark.parametrize("model", MODELS)
def test_pictures_of_one_colour_and_any_size(model: str, size: tuple[int, int], level: int) -> None:
    """A mask of their size, finite and in 0..1."""
    with Segmenter(model, smoothing=0.85) as segmenter:
        for _ in range(2):
            mask = segmenter.segment(np.full((*size, 3), level, np.uint8))
            assert mask.shape == size
            assert np.isfinite(mask).all()
            assert 0 <= mask.min() <= mask.max() <= 1 + 1e-6


def test_a_film_is_smoothed(astronaut: Picture) -> None:
    """Noise on a still scene moves the mask's edge far less; single pictures are not smoothed."""
    frames = noisy(astronaut, 8)
    changes = []
    for smoothing in (0.0, 0.85):
        with Segmenter(smoothing=smoothing) as segmenter:
            changes.append(change([segmenter.segment(frame) for frame in frames]))
    assert changes[1] < 0.5 * changes[0]


def test_single_pictures_have_nothing_to_do_with_each_other(astronaut: Picture) -> None:
    """Without smoothing a mask is the same whatever came before, to the last bit."""
    with Segmenter() as segmenter:
        alone = segmenter.segment(astronaut)
        segmenter.segment(astronaut[::-1])
        np.testing.assert_array_equal(segmenter.segment(astronaut), alone)


@pytest.mark.parametrize("how", ["reset", "size", "pickle"])
def test_another_film_begins_afresh(how: str, astronaut: Picture) -> None:
    """After `reset`, with a frame of another size, and in a copy, the first mask is a first one, to the last bit."""
    before, first = noisy(astronaut, 2)
    if how == "size":
        before = before[:-2]
    with Segmenter(smoothing=0.85) as segmenter:
        fresh = segmenter.segment(first)
        segmenter.reset()
        segmenter.segment(before)
        if how == "reset":
            segmenter.reset()
        after = pickle.loads(pickle.dumps(segmenter)) if how == "pickle" else segmenter
        np.testing.assert_array_equal(after.segment(first), fresh)
        segmenter.reset()
        segmenter.segment(np.ascontiguousarray(first))
        assert np.abs(segmenter.segment(noisy(astronaut, 3)[2]) - fresh).max() > 0


def test_a_still_frame_keeps_its_mask(astronaut: Picture) -> None:
    """The same frame again gives the same mask, to the last bit, however much is smoothed."""
    with Segmenter(smoothing=0.95) as segmenter:
        first = segmenter.segment(astronaut)
        for _ in range(3):
            np.testing.assert_array_equal(segmenter.segment(astronaut), first)


@pytest.mark.parametrize("model", MODELS)
def test_a_cut_nobody_tells_of_leaves_no_ghost(model: str, astronaut: Picture) -> None:
    """The first two masks of another scene are within 2/255 of those of a fresh start."""
    wall = np.full_like(astronaut, 200)
    scenes = {"portrait": astronaut, "mirrored": astronaut[:, ::-1], "wall": wall}
    with Segmenter(model, smoothing=0.95) as segmenter:
        for before, after in permutations(scenes, 2):
            frames = noisy(scenes[after], 2)
            segmenter.reset()
            fresh = [segmenter.segment(frame) for frame in frames]
            segmenter.reset()
            for frame in noisy(scenes[before], 3):
                segmenter.segment(frame)
            for frame, expected in zip(frames, fresh, strict=True):
                assert np.abs(segmenter.segment(frame) - expected).max() <= 2 / 255, (before, after)


def test_masks_are_the_callers(astronaut: Picture) -> None:
    """Changing one changes neither the next nor an earlier one, also where nothing is scaled: at the model's size."""
    small = resize_half_pixel(astronaut, 256, 256)
    with Segmenter(smoothing=0.85) as segmenter:
        first = segmenter.segment(small)
        kept = first.copy()
        segmenter.segment(small[::-1])
        np.testing.assert_array_equal(first, kept)
        segmenter.reset()
        segmenter.segment(small)[:] = 1
        np.testing.assert_array_equal(segmenter.segment(small), kept)


def test_smoothing_may_change_between_two_pictures(astronaut: Picture) -> None:
    """From 0 on each mask stands alone; a wrong value leaves the last one."""
    frames = noisy(astronaut, 2)
    with Segmenter() as plain, Segmenter(smoothing=0.85) as segmenter:
        segmenter.segment(frames[0])
        with pytest.raises(ValueError, match="smoothing is 2"):
            segmenter.smoothing = 2
        assert segmenter.smoothing == 0.85
        segmenter.smoothing = 0
        np.testing.assert_array_equal(segmenter.segment(frames[1]), plain.segment(frames[1]))


def test_small_people_get_a_closer_look(astronaut: Picture) -> None:
    """The mask of a portrait at a quarter of its size is nearly the portrait's own, made small; a film's, too.

    One look at the whole picture tells less.
    """
    canvas = np.full((512, 512, 3), 127, np.uint8)
    place = np.s_[300:428, 60:188]
    canvas[place] = resize_half_pixel(resize_half_pixel(astronaut, 256, 256), 128, 128)
    truth = np.zeros((512, 512), bool)
    tensor = resize_half_pixel(canvas, 256, 256)[None] * np.float32(1 / 255)
    whole = NativeRuntime(load_spec("general", "refined")).run_sync(tensor)
    with Segmenter() as segmenter:
        truth[place] = resize_half_pixel(segmenter.segment(astronaut), 128, 128) >= 0.5
        masks = {"one look": resize_half_pixel(whole, 512, 512), "picture": segmenter.segment(canvas)}
    with Segmenter(smoothing=0.85) as segmenter:
        for number in range(1, 4):
            masks[f"film {number}"] = segmenter.segment(canvas)
    scores = {name: overlap(mask >= 0.5, truth) for name, mask in masks.items()}
    least = max(0.75, scores.pop("one look") + 0.03)
    assert min(scores.values()) > least, scores


def test_a_close_up_stands_still(astronaut: Picture) -> None:
    """A small person before a wall, with a camera's noise: the mask hardly flickers, also where the model glances.

    Over 45 frames, two glances at the whole frame among them; webcam clips flicker by 0.0003.
    """
    with Segmenter() as segmenter:
        alpha = cv2.resize(segmenter.segment(astronaut), (160, 160), interpolation=cv2.INTER_AREA)[..., None]
    canvas = np.full((512, 512, 3), 200, np.uint8)
    small = cv2.resize(astronaut, (160, 160), interpolation=cv2.INTER_AREA)
    canvas[352:, 100:260] = alpha * small + (1 - alpha) * 200
    with Segmenter(smoothing=0.85) as segmenter:
        masks = [segmenter.segment(frame) for frame in noisy(canvas, 45)]
    person = np.zeros((512, 512), bool)
    person[352:, 100:260] = alpha[..., 0] >= 0.5
    assert overlap(masks[-1] >= 0.5, person) > 0.9
    assert change(masks) < 5e-5
    assert max(np.abs(new - old).mean() for old, new in pairwise(masks[2:])) < 1e-4


@pytest.mark.parametrize(("model", "seed", "cells"), [("general", 272, 12), ("landscape", 125, 12)])
def test_a_closer_look_finds_nobody_where_nobody_is(model: str, seed: int, cells: int) -> None:
    """In a cloud of colours the first look suspects somebody small; a close-up in doubt puts nobody there."""
    cloud = np.random.default_rng(seed).integers(0, 256, (cells, cells, 3)).astype(np.uint8)
    with Segmenter(model) as segmenter:
        assert segmenter.segment(resize_half_pixel(cloud, 256, 256)).max() < 0.5


def overlap(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the intersection over the union."""
    return float((mask & truth).sum() / (mask | truth).sum())
