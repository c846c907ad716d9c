"""`--framing gentle`: the part with the person is shown, of pictures at once, of films slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie import Segmenter
from pyselfie.cli import main
from pyselfie.cli.effect_choice import Effect
from pyselfie.core.options import Options
from tests.reference.view import shown, view_for
from tests.unit.film import WALL

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect

SIZE = (320, 240)


@pytest.fixture(scope="module")
def frame(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with the person at its lower left edge."""
    frame = np.full((SIZE[1], SIZE[0], 3), WALL, np.uint8)
    frame[100:, :140] = np.asarray(Image.fromarray(astronaut).resize((140, 140)))
    return frame


OWN = """
import numpy as np
def cut(frame, mask, time):
    return np.dstack([frame, np.uint8(255 * mask)])
"""


@pytest.mark.parametrize("mirror", [False, True])
def test_a_picture_shows_the_part_with_the_person(frame: NDArray[np.uint8], tmp_path: Path, *, mirror: bool) -> None:
    """By an effect that else needs no mask, and by the user's own, at the picture's size; `off` shows all of it."""
    Image.fromarray(frame).save(tmp_path / "in.png")
    (tmp_path / "own.py").write_text(OWN)
    with Segmenter() as segmenter:
        mask = segmenter.segment(frame)
    view = view_for(mask, mirror=mirror)
    assert 0.6 < view.width < 0.95
    flip = slice(None, None, -1) if mirror else slice(None)

    def run(*more: str) -> NDArray[np.uint8]:
        more = (*more, "--mirror") if mirror else more
        assert main([str(tmp_path / "in.png"), "-o", str(tmp_path / "out.png"), "-q", "--overwrite", *more]) == 0
        return np.asarray(Image.open(tmp_path / "out.png"))

    framed = run("--effect", "none", "--framing", "gentle")
    assert np.abs(framed - shown(frame[:, flip], view).astype(float)).mean() < 0.6
    raw = run("--effect", "none", "--framing", "gentle", "--edges", "raw")  # which else `none` refuses
    assert np.abs(raw - framed.astype(float)).mean() < 15
    own = run("--effect-file", str(tmp_path / "own.py"), "--framing", "gentle")
    alpha = shown(np.rint(255 * mask[:, flip, None]), view)
    assert own.shape == (SIZE[1], SIZE[0], 4)
    assert np.abs(own[..., 3:] - alpha).mean() < 0.6
    sure = alpha[..., 0] > 254
    assert np.abs(own[..., :3].astype(float) - framed)[sure].mean() < 0.6
    np.testing.assert_array_equal(run("--effect", "none"), frame[:, flip])


class Eyes:
    """Stand in for a segmenter: somebody is as far to the right as the frame is bright."""

    smoothing = 0.0

    def reset(self) -> None:
        pass

    def segment(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        mask = np.zeros((64, 64), np.float32)
        left = int(frame[0, 0, 0])
        mask[24:, left : left + 16] = 1
        return mask


def test_a_film_is_followed_by_its_own_time() -> None:
    """Who has moved is followed in small steps, however fast frames are computed; another scene is shown at once.

    After a pause the part stays, unless the person is elsewhere.
    """
    eyes: Any = Eyes()
    views: list[Rect] = []

    def note(frame: NDArray[np.uint8], _mask: object, _time: float, view: Rect | None) -> NDArray[np.uint8]:
        assert view is not None
        views.append(view)
        return frame

    def show(left: int, start: float, count: int) -> NDArray[np.float64]:
        views.clear()
        for index in range(count):
            effect(np.full((4, 4, 3), left, np.uint8), start + index / 25)
        return np.array([view.x for view in views])

    effect = Effect(note, eyes, Options(framing="gentle"))
    effect.begin(film=True)
    still = show(8, 0.0, 50)
    assert np.ptp(still) == 0
    moving = show(40, 2.0, 150)
    assert moving[0] == still[0]
    assert moving[-1] > still[0] + 0.2
    assert 0 < np.diff(moving).max() < 0.02
    [other] = show(20, 10.0, 1)
    assert still[0] < other < moving[-1]
    assert show(22, 20.0, 50).tolist() == [other] * 50
    effect.cut()
    assert show(22, 22.1, 1)[0] > other
    effect.cut()
    assert np.ptp(show(8, 22.2, 50)) == 0
    assert views[0].x == still[0]
    effect.begin(film=False)
    for left in (8, 40, 8):  # pages of a document, each for itself
        show(left, 0.0, 1)
        assert (views[0].x == still[0]) == (left == 8)
