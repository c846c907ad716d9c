"""Where a film's frames have nothing to do with those before, no mask has an influence on the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.cli.effect_choice import Effect
from pyselfie.cli.progress import Progress
from pyselfie.cli.video import convert_video
from pyselfie.core.options import Options
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Eyes:
    """Stand in for a segmenter: note the frames and, as "cut", where it is told to forget what came before."""

    smoothing = 0.0

    def __init__(self) -> None:
        self.seen: list[str] = []

    def reset(self) -> None:
        self.seen.append("cut")

    def segment(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.seen.append("frame")
        return np.zeros(frame.shape[:2], np.float32)


def run_of(seen: list[str]) -> list[int]:
    """Return how many frames each scene has."""
    return [len(scene.split()) for scene in " ".join(seen).split("cut") if scene.strip()]


def test_a_gap_begins_another_scene() -> None:
    """After more than a second without a frame, forwards or back, in a film or at a stalled camera."""
    eyes: Any = Eyes()
    effect = Effect(lambda frame, _mask, _time, _view: frame, eyes, Options())
    effect.begin(film=True)
    for time in (0.0, 0.5, 1.5, 2.6, 2.7, 0.0):
        effect(np.zeros((4, 4, 3), np.uint8), time)
    assert run_of(eyes.seen) == [3, 2, 1]
    assert eyes.smoothing == 0.85


def test_another_size_begins_another_scene(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Frames that are brought to the first one's size are another scene nevertheless."""
    eyes: Any = Eyes()
    written = [
        write_film(tmp_path / f"{index}.ts", scenes(astronaut, size, 12), sound=None)
        for index, size in enumerate([(160, 96), (128, 64)])
    ]
    (tmp_path / "call.ts").write_bytes(b"".join(part.read_bytes() for part in written))
    effect = Effect(lambda frame, _mask, _time, _view: frame, eyes, Options())
    convert_video(tmp_path / "call.ts", tmp_path / "out.mp4", effect, Progress(1, quiet=True, check=lambda: None))
    assert run_of(eyes.seen) == [12, 12]
