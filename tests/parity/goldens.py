"""Masks that the real MediaPipe made, stored compactly: at full size, exact to half a step of 2**-22.

A mask that was enlarged is nearly flat in its second differences; those are stored as bytes, lowest ones first, and
compressed.
"""

from __future__ import annotations

import io
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "goldens"
STEPS = 2**22


@dataclass(frozen=True)
class Golden:
    """One mask, float64 [H, W] in 0..1, and the fingerprint of the picture that it was made of."""

    mask: NDArray[np.float64]
    picture_sha256: str


def golden_path(name: str, model_selection: int) -> Path:
    """Return the file of one picture and model."""
    return FOLDER / f"{name}-{model_selection}.npz.xz"


def save_golden(path: Path, mask: NDArray[np.float32], picture_sha256: str) -> None:
    """Write one golden; the same mask gives the same bytes."""
    steps = np.rint(mask.astype(np.float64) * STEPS).astype("<i4")
    for axis in (0, 1, 0, 1):
        steps = np.diff(steps, axis=axis, prepend=np.int32(0))
    planes = np.moveaxis(steps.astype("<i4")[..., None].view(np.uint8), -1, 0)
    buffer = io.BytesIO()
    np.savez(buffer, planes=np.ascontiguousarray(planes), picture_sha256=np.array(picture_sha256))
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=9))


def load_golden(path: Path) -> Golden:
    """Read one golden."""
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as stored:
        planes, picture_sha256 = stored["planes"], str(stored["picture_sha256"])
    steps = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<i4")[..., 0]
    for axis in (0, 1, 0, 1):
        steps = np.cumsum(steps, axis=axis, dtype=np.int32)
    return Golden(steps / STEPS, picture_sha256)
