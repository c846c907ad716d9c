"""The measures beside those of the program that the goals were set with; it uses OpenCV, and isn't passed on."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pyselfie import metrics

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

SHARED = Path(__file__).parents[3].parent / "shared"
TOOL, DATA = SHARED / "tools" / "score_masks.py", SHARED / "data"
SIZES = ((256, 144), (256, 256))
"""Of the models' masks: width, height."""

pytestmark = pytest.mark.skipif(
    not (TOOL.is_file() and DATA.is_dir()), reason=f"needs {TOOL} and {DATA}, which aren't passed on"
)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_masks", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def truths(folder: str, names: str, count: int) -> list[NDArray[np.uint8]]:
    """Return the first masks of a folder."""
    paths = sorted((DATA / folder / "masks").glob(names))[:count]
    assert len(paths) == count
    return [np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8) for path in paths]


def guess(truth: NDArray[np.uint8], seed: int) -> NDArray[np.float32]:
    """Return a mask of a model's size that is wrong everywhere: soft, shifted, with blotches and noise."""
    rng, size = np.random.default_rng(seed), SIZES[seed % 2]
    small = cv2.resize(truth, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    shifted = np.roll(cv2.GaussianBlur(small, (0, 0), 1.5), (seed % 3 - 1, seed % 5 - 2), (0, 1))
    blotches = cv2.resize(rng.normal(0, 0.3, (9, 16)), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(shifted + blotches + rng.normal(0, 0.02, small.shape), 0, 1), np.float32)


def prepared(tool: ModuleType, mask: NDArray[np.float32], truth: NDArray[np.uint8]) -> tuple[Any, Any]:
    """Return both as the tool itself does when it has read them."""
    target = tool.limited(truth.astype(np.float32) / 255)
    return tool.resize(mask, target.shape[::-1]), target


def test_pictures_have_the_tools_scores(tool: ModuleType) -> None:
    """IoU, boundary F, holes, leak and MAD: with people and without, and of a truth larger than 640 pixels."""
    people = truths("fixtures", "p_*", 12)
    large = np.asarray(cv2.resize(people[0], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)
    assert max(large.shape) > 640
    for number, truth in enumerate([*people, large, *truths("fixtures", "n_*", 3)]):
        mask = guess(truth, number)
        theirs = tool.still(*prepared(tool, mask, truth))
        names = ("IoU", "boundary F", "holes x1e3", "leak x1e3", "MAD x1e3")
        expected = [theirs[name] / (1e3 if "x1e3" in name else 1) for name in names]
        assert metrics.score_picture(mask, truth) == pytest.approx(expected, abs=1e-7), number


def test_clips_have_the_tools_scores(tool: ModuleType) -> None:
    """dtSSD, the error where the truth moves, and the change where it stands still."""
    frames = truths("matte_clip", "*", 12)
    masks = [guess(truth, 0) for truth in frames]
    pairs = [prepared(tool, mask, truth) for mask, truth in zip(masks, frames, strict=True)]
    theirs = tool.clip([mask for mask, _ in pairs], [truth for _, truth in pairs])
    assert theirs["moving x1e3"] > 0
    ours = [measure(masks, frames) for measure in (metrics.dtssd, metrics.moving_error, metrics.calm_change)]
    expected = [theirs["dtSSD x1e2"] / 1e2, theirs["moving x1e3"] / 1e3, theirs["calm x1e3"] / 1e3]
    assert ours == pytest.approx(expected, abs=1e-7)


def test_flicker_is_nearly_the_tools(tool: ModuleType) -> None:
    """The tool rounds each frame's luma to bytes, so what is still differs in few pixels."""
    masks = [guess(truth, 0) for truth in truths("matte_clip", "*", 12)]
    paths = sorted((DATA / "matte_clip" / "images").iterdir())[:12]
    shown = [np.asarray(cv2.imread(str(path)), np.uint8) for path in paths]
    lumas = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8) for frame in shown]
    pairs = [prepared(tool, mask, luma) for mask, luma in zip(masks, lumas, strict=True)]
    theirs = tool.flicker([mask for mask, _ in pairs], [luma for _, luma in pairs])["flicker x1e3"]
    ours = 1e3 * metrics.flicker(masks, [frame[..., ::-1] for frame in shown])
    assert ours == pytest.approx(theirs, rel=2e-3)
