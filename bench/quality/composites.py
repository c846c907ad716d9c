"""People with known alpha and colours, taken from one background to another: how near the edge is to the true one."""

from __future__ import annotations

import math
from contextlib import closing
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.quality.backgrounds import covering, read_levels, to_bytes
from bench.quality.measure import RAW, Row
from bench.quality.recipes import OneLook
from pyselfie import load_spec
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.arrays.sampling_cv2 import resize_half_pixel
from pyselfie.core.options import MODEL_NAMES, Options
from pyselfie.metrics import band_error, band_psnr
from pyselfie.runtimes.native import NativeRuntime
from tests.reference.full_size import Near, fitted_alpha, full_size_composite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

BEFORE = ("coco_000000051191", "coco_000000122745", "coco_000000242611", "coco_000000403385", "coco_000000500663")
AFTER = ("china", "coco_000000540186", "coffee", "rocket")
"""Sorted, as the files of a folder are; so other tools make the same pairs of them."""


class Method(NamedTuple):
    """How masks become composites.

    Attributes
    ----------
    name
        What the table calls it.
    edges
        Of the masks.
    decontaminate
        Whether the old background's colours are taken out of the person's edge.
    full_size
        Whether alpha has the frame's size, as on the WebGPU painter; else it is the mask, stretched.
    """

    name: str
    edges: str
    decontaminate: bool
    full_size: bool = False


METHODS = (
    Method(RAW, "raw", decontaminate=False),
    Method("refined", "refined", decontaminate=False),
    Method("refined, without the old background", "refined", decontaminate=True),
    Method("refined, full size", "refined", decontaminate=False, full_size=True),
    Method("refined, full size, without the old background", "refined", decontaminate=True, full_size=True),
)


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
    return [_row(model, method, composites) for method in METHODS]


def _row(model: str, method: Method, composites: list[Composite]) -> Row:
    options = Options(effect="picture", decontaminate=method.decontaminate, light_wrap=0)
    errors, squares = [], []
    with closing(
        _FullSize(model, options) if method.full_size else _Stretched(model, method.edges, options)
    ) as painter:
        for one in composites:
            painted = painter.paint(one)
            errors.append(band_error(painted, one.truth, one.alpha))
            squares.append(10 ** (-band_psnr(painted, one.truth, one.alpha) / 10))
    scores: dict[str, float | None] = {"band_error": fmean(errors), "band_psnr": -10 * math.log10(fmean(squares))}
    return {
        "source": "people on other backgrounds",
        "kind": "composites",
        "model": model,
        "recipe": method.name,
        "pictures": len(composites),
        "scores": scores,
    }


class _Stretched:
    """Python's own painter, with one look, as `_FullSize` has."""

    def __init__(self, model: str, edges: str, options: Options) -> None:
        self._segmenter = OneLook(model, edges=edges)
        self._number, self._options = MODEL_NAMES.index(model), options

    def paint(self, one: Composite) -> Picture:
        painter = ArrayPainter(self._options, one.backdrop, self._number)
        return painter.paint(one.frame, self._segmenter.segment(one.frame))

    def close(self) -> None:
        self._segmenter.close()


class _FullSize:
    """The reference that the WebGPU painter's shaders are held to; they themselves need a browser and a GPU.

    It is the tests' own, so what is measured is what they compare the shaders with, and the package has no copy of it.
    """

    def __init__(self, model: str, options: Options) -> None:
        self._spec, self._options = load_spec(model, "refined"), options
        self._runtime = NativeRuntime(self._spec)

    def paint(self, one: Composite) -> Picture:
        runtime = self._runtime
        runtime.reset()
        small = resize_half_pixel(one.frame, self._spec.width, self._spec.height)
        tensor = np.multiply(small[None], np.float32(1 / 255), dtype=np.float32)
        mask = runtime.run_sync(tensor, ("coefficients", "person", "outside"))
        person, outside = (255 * np.moveaxis(runtime.extra(name)[0], 0, -1) for name in ("person", "outside"))
        alpha = fitted_alpha(one.frame, runtime.extra("coefficients")[0])
        return full_size_composite(one.frame, alpha, Near(mask, person, outside), self._options, one.backdrop)[..., :3]

    def close(self) -> None:
        self._runtime.close()


def find_composites(folder: Path, *, quick: bool = False) -> list[Composite]:
    """Return every person before every old background, with the new ones in turn; nothing where there are no people."""
    people = sorted((folder / "people" / "colours").glob("*.png"))[:: 4 if quick else 1]
    return list(_composites(people, folder / "fixtures" / "images")) if people else []


def _composites(people: list[Path], backgrounds: Path) -> Iterator[Composite]:
    turn = 0
    for path in people:
        colours, alpha = read_levels(path), read_levels(path.parents[1] / "alpha" / path.name, "L")
        height, width = alpha.shape
        for before in BEFORE:
            after = AFTER[turn % len(AFTER)]
            turn += 1
            old, new = (covering(read_levels(backgrounds / f"n_{name}.jpg"), width, height) for name in (before, after))
            a = alpha[..., None]
            frame, truth = a * colours + (1 - a) * old, a * colours + (1 - a) * new
            yield Composite(to_bytes(frame), to_bytes(new), truth, alpha)
