"""The pictures of docs/quality.md: scenes as they are, with raw and with refined edges; and before pictures of ours.

    PYTHONPATH=pysrc .venv/bin/python -m bench.quality.scenes [FOLDER]

FOLDER has the files that are named below; without it, it is the development data beside the checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import av
import numpy as np
from PIL import Image

from bench.quality.data import SHARED
from builder.paths import DOCS, WEB
from builder.report import say
from pyselfie import Segmenter
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.core.options import Options

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

OUT = DOCS / "quality"
_LIGHT, _DARK = "#F4F1EA", "#14324A"
_GAP = 6
_LIGHT_WRAPS = (0.0, Options.light_wrap, 2 * Options.light_wrap)


class Scene(NamedTuple):
    """What is shown of a picture.

    Attributes
    ----------
    name
        Of the file that is written.
    source
        A picture or a clip, below the folder.
    box
        Left, top, width, height, in pixels of the picture: it is shown at 100 %.
    color
        Of the new background.
    frame
        Of a clip: which one; those before it are segmented, too, as a film's are.
    """

    name: str
    source: str
    box: tuple[int, int, int, int]
    color: str = _DARK
    frame: int = 0


SCENES = (
    Scene("hair", "fixtures/images/p_hp_female.jpg", (140, 30, 240, 240)),
    Scene("glasses", "fixtures/images/p_asl_want.jpg", (190, 30, 240, 240)),
    Scene("hands", "fixtures/images/p_asl_learn.jpg", (110, 80, 240, 240)),
    Scene("helmet", "fixtures/images/c_coco_000000000785.jpg", (310, 60, 240, 300)),
    Scene("chair", "clips/asl_sorry.mkv", (350, 230, 240, 240), frame=30),
    Scene("back-light", "fixtures/images/p_fd_three.jpg", (130, 30, 240, 240), _LIGHT),
    Scene("two-people", "fixtures/images/p_hp_pair.jpg", (90, 30, 240, 240)),
    Scene("curls", "fixtures/images/p_astronaut.jpg", (120, 0, 240, 300)),
    Scene("hat", "fixtures/images/p_grace_hopper.jpg", (130, 10, 240, 300), _LIGHT),
    Scene("leaving", "fixtures/images/c_coco_000000522418.jpg", (400, 0, 240, 300), _LIGHT),
    Scene("moving-hands", "clips/asl_want.mkv", (220, 140, 240, 280), frame=24),
    Scene("dusk", "fixtures/images/c_coco_000000060623.jpg", (140, 0, 240, 300), _LIGHT),
)

LIGHTS = {"two-people": "room", "hat": "room", "curls": "hills", "glasses": "hills"}
"""Of some scenes, before which of the demo's pictures they are shown in more and more of its light."""


def main(folder: Path) -> None:
    """Write every scene's pictures."""
    OUT.mkdir(exist_ok=True)
    for scene in SCENES:
        _write(scene.name, strip(folder, scene))
        if scene.name in LIGHTS:
            _write(f"light-{scene.name}", light_strip(folder, scene, LIGHTS[scene.name]))


def _write(name: str, picture: Picture) -> None:
    path = OUT / f"{name}.webp"
    Image.fromarray(picture).save(path, quality=90, method=6)
    say(f"{path.name}: {path.stat().st_size // 1024} kB")


def strip(folder: Path, scene: Scene) -> Picture:
    """Return the scene's part as it is, before and after, side by side."""
    frames = _frames(folder / scene.source, scene.frame)
    before = _composite(frames, scene.color, edges="raw", decontaminate=False)
    after = _composite(frames, scene.color, edges="refined", decontaminate=True)
    return _side_by_side(scene, [frames[-1], before, after])


def light_strip(folder: Path, scene: Scene, backdrop: str) -> Picture:
    """Return the scene's part before a picture of the demo, without its light, with the usual and with twice that."""
    with Image.open(WEB / "backdrops" / f"{backdrop}.jpg") as picture:
        behind = np.array(picture.convert("RGB"))
    frame = _frames(folder / scene.source, scene.frame)[-1]
    with Segmenter(smoothing=0.0) as segmenter:
        mask = segmenter.segment(frame)
    options = [Options(effect="picture", light_wrap=strength) for strength in _LIGHT_WRAPS]
    return _side_by_side(scene, [ArrayPainter(one, behind).paint(frame, mask) for one in options])


def _side_by_side(scene: Scene, pictures: list[Picture]) -> Picture:
    left, top, width, height = scene.box
    parts = [each[top : top + height, left : left + width] for each in pictures]
    gap = np.full((height, _GAP, 3), 255, np.uint8)
    return np.concatenate([parts[0], gap, parts[1], gap, parts[2]], axis=1)


def _composite(frames: list[Picture], color: str, *, edges: str, decontaminate: bool) -> Picture:
    smoothing = Options.smoothing if len(frames) > 1 and edges == "refined" else 0.0
    with Segmenter(edges=edges, smoothing=smoothing) as segmenter:
        masks = [segmenter.segment(frame) for frame in frames]
    options = Options(effect="color", color=color, decontaminate=decontaminate)
    return ArrayPainter(options).paint(frames[-1], masks[-1])


def _frames(path: Path, last: int) -> list[Picture]:
    """Return a picture, or a clip's frames up to the `last` one."""
    if path.suffix != ".mkv":
        with Image.open(path) as picture:
            return [np.array(picture.convert("RGB"))]
    frames: list[Picture] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            frames.append(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            if len(frames) > last:
                break
    return frames


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED)
