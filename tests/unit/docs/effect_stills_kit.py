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

    Picture = NDArray[np.uint8]

STILLS = Path(__file__).parent / "effect_stills"
EXAMPLES = ROOT / "examples" / "effects"
CLASSES = {"hair_colour", "colourful_clothes"}  # they need the multiclass model, and have tests of their own
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


def shown(name: str, frames: list[Picture], masks: list[NDArray[np.float32]]) -> list[Picture]:
    """Return an effect's pictures of a film."""
    own = effects.load(EXAMPLES / f"{name}.py")
    pairs = enumerate(zip(frames, masks, strict=True))
    return [own(frame, mask, number * FRAME_S) for number, (frame, mask) in pairs]


def main() -> None:
    """Write all stills."""
    with Image.open(EXAMPLES.parent / "astronaut.jpg") as picture:
        frames = film(np.asarray(picture.convert("RGB")))
    masks = masks_of(frames)
    for name in NAMES:
        still = Image.fromarray(shown(name, frames, masks)[-1])
        still.save(STILLS / f"{name}.webp", lossless=True, quality=100, method=6)


if __name__ == "__main__":
    main()
