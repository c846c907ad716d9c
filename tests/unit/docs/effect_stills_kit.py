"""The film that the effects of examples/effects are shown, and the stills that are kept of its last picture.

``PYTHONPATH=pysrc .venv/bin/python -m tests.unit.docs.effect_stills_kit`` writes all stills anew: look at them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from builder.paths import ROOT
from pyselfie import Segmenter, effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.classes import Classes

    Picture = NDArray[np.uint8]

STILLS = Path(__file__).parent / "effect_stills"
EXAMPLES = ROOT / "examples" / "effects"
CLASSES = ["colourful_clothes", "hair_colour"]  # they need the multiclass model
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.py") if path.stem not in CLASSES)
FRAME_S = 0.15


def film(astronaut: Picture) -> list[Picture]:
    """Return four frames, 256 pixels wide, in which the person moves to the left."""
    big = np.asarray(Image.fromarray(astronaut).resize((304, 304), Image.Resampling.LANCZOS))
    return [np.ascontiguousarray(big[:256, left : left + 256]) for left in (0, 16, 32, 48)]


def masks_of(frames: list[Picture]) -> list[NDArray[np.float32]]:
    """Return each frame's own mask."""
    with Segmenter() as segmenter:
        return [segmenter.segment(frame) for frame in frames]


def classes_of(frames: list[Picture]) -> list[tuple[NDArray[np.float32], Classes]]:
    """Return each frame's own mask by the multiclass model, and what that tells apart."""
    with Segmenter("multiclass") as segmenter:
        return [segmenter.segment_with_classes(frame) for frame in frames]


def shown(name: str, frames: list[Picture], masks: list[NDArray[np.float32]]) -> list[Picture]:
    """Return an effect's pictures of a film."""
    own = effects.load(EXAMPLES / f"{name}.py")
    pairs = enumerate(zip(frames, masks, strict=True))
    return [own(frame, mask, number * FRAME_S) for number, (frame, mask) in pairs]


def shown_with_classes(
    name: str, frames: list[Picture], found: list[tuple[NDArray[np.float32], Classes]]
) -> list[Picture]:
    """Return the pictures of an effect that takes classes; `found` is what `classes_of` returns."""
    own = effects.load(EXAMPLES / f"{name}.py")
    pairs = enumerate(zip(frames, found, strict=True))
    return [own(frame, mask, number * FRAME_S, classes) for number, (frame, (mask, classes)) in pairs]


def main() -> None:
    """Write all stills."""
    with Image.open(EXAMPLES.parent / "astronaut.jpg") as picture:
        frames = film(np.asarray(picture.convert("RGB")))
    masks, found = masks_of(frames), classes_of(frames)
    films = {name: shown(name, frames, masks) for name in NAMES}
    films |= {name: shown_with_classes(name, frames, found) for name in CLASSES}
    for name, pictures in films.items():
        still = Image.fromarray(pictures[-1])
        still.save(STILLS / f"{name}.webp", lossless=True, quality=100, method=6)


if __name__ == "__main__":
    main()
