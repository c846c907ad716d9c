"""People with known alpha and colours, taken from one background to another: how near the edge is to the true one."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from PIL import Image

from bench.quality.measure import RAW, Row
from pyselfie import Segmenter
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.core.options import MODEL_NAMES, Options
from pyselfie.metrics import band_error, band_psnr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

BEFORE = ("coco_000000051191", "coco_000000122745", "coco_000000403385", "coco_000000242611", "coco_000000500663")
AFTER = ("china", "coffee", "rocket", "coco_000000540186")
METHODS = {
    RAW: ("raw", False),
    "refined": ("refined", False),
    "refined, without the old background": ("refined", True),
}
"""Of each row the edges, and whether the old background's colours are taken out of the person's edge."""


class Composite(NamedTuple):
    """A person before one background, as a camera sees it, and how another one should look behind them.

    Attributes
    ----------
    frame, backdrop
        uint8 [H, W, 3], RGB.
    truth
        float32 [H, W, 3] in 0..1.
    alpha
        float32 [H, W] in 0..1.
    """

    frame: Picture
    backdrop: Picture
    truth: NDArray[np.float32]
    alpha: NDArray[np.float32]


def measure_composites(model: str, composites: list[Composite]) -> list[Row]:
    """Return a row for each method; the light of the new background is left out, as the truth has none."""
    return [_row(model, name, composites) for name in METHODS]


def _row(model: str, name: str, composites: list[Composite]) -> Row:
    edges, decontaminate = METHODS[name]
    options = Options(effect="picture", decontaminate=decontaminate, light_wrap=0)
    errors, squares = [], []
    with Segmenter(model, edges=edges) as segmenter:
        for one in composites:
            painter = ArrayPainter(options, one.backdrop, MODEL_NAMES.index(model))
            painted = painter.paint(one.frame, segmenter.segment(one.frame))
            errors.append(band_error(painted, one.truth, one.alpha))
            squares.append(10 ** (-band_psnr(painted, one.truth, one.alpha) / 10))
    scores: dict[str, float | None] = {"band_error": fmean(errors), "band_psnr": -10 * math.log10(fmean(squares))}
    return {
        "source": "people on other backgrounds",
        "kind": "composites",
        "model": model,
        "recipe": name,
        "pictures": len(composites),
        "scores": scores,
    }


def find_composites(folder: Path, *, quick: bool = False) -> list[Composite]:
    """Return every person before every old background, with the new ones in turn; nothing where there are no people."""
    people = sorted((folder / "people" / "colours").glob("*.png"))[:: 4 if quick else 1]
    return list(_composites(people, folder / "fixtures" / "images")) if people else []


def _composites(people: list[Path], backgrounds: Path) -> Iterator[Composite]:
    turn = 0
    for path in people:
        with Image.open(path) as picture, Image.open(path.parents[1] / "alpha" / path.name) as mask:
            colours, alpha = _levels(np.array(picture.convert("RGB"))), _levels(np.array(mask.convert("L")))
        size = alpha.shape[1], alpha.shape[0]
        for before in BEFORE:
            after = AFTER[turn % len(AFTER)]
            turn += 1
            old, new = (_cover(backgrounds / f"n_{name}.jpg", size) for name in (before, after))
            a = alpha[..., None]
            frame, truth = a * colours + (1 - a) * old, a * colours + (1 - a) * new
            yield Composite(_bytes(frame), _bytes(new), truth, alpha)


def _cover(path: Path, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a picture that fills `size`, its middle."""
    with Image.open(path) as picture:
        levels = _levels(np.array(picture.convert("RGB")))
    width, height = size
    scale = max(height / levels.shape[0], width / levels.shape[1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(levels, None, fx=scale, fy=scale, interpolation=how).clip(0, 1).astype(np.float32)
    top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    return scaled[top : top + height, left : left + width]


def _levels(pixels: Picture) -> NDArray[np.float32]:
    return (pixels / 255).astype(np.float32)


def _bytes(levels: NDArray[np.float32]) -> Picture:
    return np.rint(levels * 255).astype(np.uint8)
