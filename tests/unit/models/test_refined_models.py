"""The committed refined networks as a whole: the formulas, the state, and what they do with a film."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from builder.paths import ROOT
from models.sources import MARKERS
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime
from tests.reference.refinement import refine, without_islands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PHOTO = ROOT / "examples" / "astronaut.jpg"


@pytest.fixture(params=["general", "landscape", "multiclass"])
def refined(request: pytest.FixtureRequest) -> Iterator[NativeRuntime]:
    runtime = NativeRuntime(load_spec(request.param, "refined"))
    yield runtime
    runtime.close()


def frame(runtime: NativeRuntime, shift: int = 0, noise: int = 0) -> NDArray[np.float32]:
    """Return the photo at the model's size, moved to the right by some pixels, with noise of this seed."""
    photo = np.asarray(Image.open(PHOTO).convert("RGB").resize((runtime.spec.width, runtime.spec.height)))
    picture = np.roll(photo, shift, axis=1) / 255
    if noise:
        picture = picture + np.random.default_rng(noise).normal(0, 0.004, picture.shape)
    return np.ascontiguousarray(np.clip(picture, 0, 1)[None], np.float32)


def planes(values: NDArray[Any]) -> NDArray[Any]:
    """Return [1, h, w, 3] as [3, h, w]."""
    return values[0].transpose(2, 0, 1)


def person(raw: NativeRuntime, network: NDArray[np.float32]) -> NDArray[Any]:
    """Return what the recipe takes for the network's mask: where it tells classes apart, without islands."""
    classes = raw.spec.classes
    if not classes:
        return network
    return without_islands(network, raw.extra("classes")[0], [classes.index(name) for name in MARKERS])


def test_a_film_follows_the_formulas(refined: NativeRuntime) -> None:
    """Still and moving frames: every output is what plain NumPy makes of the raw network's mask.

    The reference computes in float64; in float32 the determinant of a window of almost one colour loses digits.
    """
    raw = NativeRuntime(load_spec(refined.spec.name))
    refined.set("smoothing", 0.85)
    last_mask, last_luma = (np.full(state.shape[1:], state.initial) for state in refined.spec.state)
    for shift, noise in ((0, 0), (0, 1), (5, 2)):
        picture = frame(refined, shift, noise)
        mask = refined.run_sync(picture)
        network = raw.run_sync(picture)[None]
        past = last_mask, last_luma
        expected = refine(planes(picture), person(raw, network), *past, 0.85, sure_places=not raw.spec.classes)
        np.testing.assert_allclose(refined.extra("raw")[0], network, atol=1e-5)
        extras = [name for name, _ in refined.spec.extras if name not in ("raw", "classes")]
        found = {"mask": mask[None], **{name: refined.extra(name)[0] for name in extras}}
        for name, values in found.items():
            error = np.abs(values - getattr(expected, name))
            assert error.mean() < (1e-5 if name == "mask" else 1e-4), name
            assert error.max() < (1e-2 if name == "mask" else 5e-2), name
        last_mask, last_luma = expected.mask, expected.next_luma


def test_first_frame_owes_nothing_to_the_past(refined: NativeRuntime) -> None:
    """After `reset` the mask is bit for bit that of a new runtime, whatever came before."""
    refined.set("smoothing", 0.95)
    fresh = refined.run_sync(frame(refined)).copy()
    assert (refined.extra("still") == 0).all()
    refined.run_sync(frame(refined, noise=1))
    assert (refined.run_sync(frame(refined)) != fresh).any()
    refined.reset()
    np.testing.assert_array_equal(refined.run_sync(frame(refined)), fresh)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", [np.s_[:], np.s_[0, 40, 50, 1]], ids=["all", "one number"])
def test_a_broken_frame_does_not_stick(refined: NativeRuntime, bad: float, where: Any) -> None:
    """A frame that is no number, all of it or one place, gives a mask of numbers, and the next one starts afresh."""
    refined.set("smoothing", 0.95)
    fresh = refined.run_sync(frame(refined)).copy()
    broken = frame(refined)
    broken[where] = bad
    mask = refined.run_sync(broken)
    assert ((mask >= 0) & (mask <= 1)).all()
    np.testing.assert_array_equal(refined.run_sync(frame(refined)), fresh)
    assert all(np.isfinite(refined.extra(name)).all() for name, _ in refined.spec.extras)


def test_a_cut_leaves_nothing_of_the_scene_before(refined: NativeRuntime) -> None:
    """The first frame of another scene has the mask that it has without a past, exactly."""
    refined.set("smoothing", 0.95)
    others = [frame(refined)[:, :, ::-1], frame(refined)[:, ::-1], 0.4 * frame(refined), np.zeros_like(frame(refined))]
    for other in map(np.ascontiguousarray, others):
        refined.reset()
        fresh = refined.run_sync(other).copy()
        refined.reset()
        for seed in range(4):
            refined.run_sync(frame(refined, noise=seed))
        np.testing.assert_array_equal(refined.run_sync(other), fresh)


@pytest.mark.parametrize("colour", [(0, 0, 0), (1, 1, 1), (0, 1, 0), (0.5, 0.4, 0.3)])
def test_a_picture_of_one_colour_has_nobody(refined: NativeRuntime, colour: tuple[float, ...]) -> None:
    """A black frame, a white one, any colour: no person, and numbers everywhere, though nothing tells windows apart."""
    mask = refined.run_sync(np.full(refined.spec.input_shape, colour, np.float32))
    assert mask.max() < 0.01
    assert all(np.isfinite(refined.extra(name)).all() for name, _ in refined.spec.extras)


def test_same_frame_twice_gives_exactly_the_same_mask(refined: NativeRuntime) -> None:
    """A photo needs no other mode than a film: smoothing a mask with itself changes nothing."""
    refined.set("smoothing", 0.85)
    first = refined.run_sync(frame(refined)).copy()
    np.testing.assert_array_equal(refined.run_sync(frame(refined)), first)
    assert (refined.extra("still") == np.float32(0.85)).all()


def test_smoothing_steadies_a_noisy_film(refined: NativeRuntime) -> None:
    """On a still scene with a camera's noise the masks of successive frames differ by less than half."""

    def flicker(smoothing: float) -> float:
        refined.reset()
        refined.set("smoothing", smoothing)
        masks = [refined.run_sync(frame(refined, noise=seed)).copy() for seed in range(1, 8)]
        return float(np.mean([np.abs(one - other).mean() for one, other in itertools.pairwise(masks[2:])]))

    assert flicker(0.85) < 0.5 * flicker(0)


def test_edges_follow_the_colours(refined: NativeRuntime) -> None:
    """The refined mask has fewer pixels in doubt than the network's: its outline is a line, not a band."""
    raw = NativeRuntime(load_spec(refined.spec.name))
    doubt = [((mask > 0.1) & (mask < 0.9)).mean() for mask in (run.run_sync(frame(run)) for run in (raw, refined))]
    assert doubt[1] < 0.8 * doubt[0]
