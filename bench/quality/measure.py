"""Every model and every recipe on the same pictures."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import fmean
from typing import TYPE_CHECKING, TypedDict

from bench.quality.recipes import MediaPipeSmoothing, OneLook, OpenPeer, Untouched
from builder.report import say
from pyselfie import ModelFileError, Segmenter, load_spec
from pyselfie.arrays.sampling_cv2 import resize_half_pixel
from pyselfie.core.options import MODEL_NAMES, Options
from pyselfie.metrics import ClipMeter, PictureScore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from bench.quality.data import Source
    from pyselfie.metrics import ClipScore

    Mask = NDArray[np.float32]
    Recipe = Callable[[Mask, NDArray[np.uint8]], Mask]

RAW, MEDIAPIPE, PEER, OURS = "raw", "MediaPipe's smoothing", "best open peer", "refined"
ONE_LOOK = "refined, one look"
TIMES = ("dtssd", "moving_error", "calm_change", "flicker")


class Row(TypedDict):
    """One model and recipe on one source; a score is None where it cannot be known."""

    source: str
    kind: str
    model: str
    recipe: str
    pictures: int
    scores: dict[str, float | None]


def available_models() -> Iterator[str]:
    """Yield the models that are installed; of one that is not, a line says so."""
    for model in MODEL_NAMES:
        missing = _missing(model)
        if missing:
            say(f"left out: {model}, {missing}")
        else:
            yield model


def _missing(model: str) -> str:
    """Return why a model cannot be used, or nothing."""
    try:
        Segmenter(model).close()
    except (ImportError, ModelFileError) as error:
        return str(error)
    return ""


def measure(model: str, source: Source) -> list[Row]:
    """Return a row for each recipe."""
    meters: dict[str, list[ClipMeter]] = {}
    pictures = 0
    with ExitStack() as stack:
        raw = stack.enter_context(Segmenter(model, edges="raw"))
        ours = stack.enter_context(Segmenter(model, smoothing=Options.smoothing if source.kind == "clips" else 0.0))
        one_look = stack.enter_context(OneLook(model)) if source.kind == "small" else None
        spec = load_spec(model)
        for run in source.runs:
            ours.reset()
            recipes = _recipes(ours, source.kind, one_look)
            here = {name: ClipMeter() for name in recipes}
            for item in run():
                small = raw.segment(resize_half_pixel(item.rgb, spec.width, spec.height))
                for name, recipe in recipes.items():
                    here[name].add(recipe(small, item.rgb), item.truth, item.rgb if source.kind == "clips" else None)
                pictures += 1
            for name, meter in here.items():
                meters.setdefault(name, []).append(meter)
    return [
        {
            "source": source.name,
            "kind": source.kind,
            "model": model,
            "recipe": name,
            "pictures": pictures,
            "scores": _joined([meter.score() for meter in theirs]),
        }
        for name, theirs in meters.items()
    ]


def _recipes(ours: Segmenter, kind: str, one_look: Segmenter | None) -> dict[str, Recipe]:
    """Return fresh recipes for a clip, or for single pictures; with `one_look` it stands in for what others make."""
    clip = kind == "clips"
    recipes: dict[str, Recipe] = {RAW: Untouched()}
    if clip:
        recipes[MEDIAPIPE] = MediaPipeSmoothing()
    if one_look:
        recipes[ONE_LOOK] = lambda _mask, rgb: one_look.segment(rgb)
    else:
        recipes[PEER] = OpenPeer(clip=clip)
    return recipes | {OURS: lambda _mask, rgb: ours.segment(rgb)}


def _joined(scores: list[ClipScore]) -> dict[str, float | None]:
    """Return the means over the clips; None of what none of them could tell."""
    pictures = [score.pictures for score in scores if score.pictures is not None]
    joined: dict[str, float | None] = {
        name: fmean(getattr(picture, name) for picture in pictures) if pictures else None
        for name in PictureScore._fields
    }
    for name in TIMES:
        known = [value for score in scores if (value := getattr(score, name)) is not None]
        joined[name] = fmean(known) if known else None
    return joined
