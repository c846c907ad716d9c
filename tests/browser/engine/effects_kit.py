"""Each effect's composite against the NumPy reference, pixel by pixel, for every engine's tests."""

import dataclasses
import json
from typing import Any

import numpy as np

from pyselfie.core.effects import EFFECTS
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.tiles import tiles_for
from pyselfie.runtimes.native import NativeRuntime
from tests.reference.compositor import composite, overlay_image
from tests.reference.effects import MADE_UP, TELL_WORKER
from tests.reference.porter_duff import premultiply

TOLERANCE = 2  # of 255
MOST_OUTSIDE = 0.001
# Chromium scales what it blends with weights of 4 bits: where neighbouring mask pixels differ much, that shows.
EDGE_CONTRAST = 24 / 255
EDGE_TOLERANCE = 18

CASES: dict[str, dict[str, Any]] = {
    **{name: {"effect": name, "strength": 0.5} for name in (*EFFECTS, *MADE_UP)},
    "fill-mirrored": {"effect": "fill", "color": "#2060C0", "mirror": True},
    "color": {"effect": "color", "color": "#204060"},
    "picture-mirrored": {"effect": "picture", "mirror": True},
    "picture-wrapped": {"effect": "picture", "light_wrap": 0.6},
    "picture-wrapped-mirrored": {"effect": "picture", "light_wrap": 0.6, "mirror": True},
    "picture-wrapped-alone": {"effect": "picture", "light_wrap": 0.6, "decontaminate": False},
    "picture-cast": {"effect": "picture", "colour_cast": 0.1},
    "picture-plain": {"effect": "picture", "light_wrap": 0.0, "decontaminate": False},
    "blur-plain": {"effect": "blur", "decontaminate": False},
    "blur-weak": {"effect": "blur", "strength": 0.0},
    "blur-strong": {"effect": "blur", "strength": 1.0},
}


def soft_backdrop():
    """Return a picture of another aspect, with soft colours, so that its own resampling hides no error."""
    y, x = np.mgrid[0:300, 0:800]
    return np.dstack([x * 255 / 800, y * 255 / 300, 255 - x * 255 / 800]).astype(np.uint8)


def frame_of(astronaut, model_selection):
    """Return a square photo for the general model, a wide one of odd size for the landscape model."""
    return astronaut if model_selection == 0 else np.ascontiguousarray(astronaut[40:329, :511])


def off_centre(astronaut, size=(960, 720)):
    """Return a soft picture with a small person at its lower left, large enough to be painted by tiles."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    frame = np.dstack([40 + x * 60 / width, 60 + y * 60 / height, 120 + x * 0]).astype(np.uint8)
    side = height * 5 // 8
    small = resize_half_pixel(resize_half_pixel(astronaut, side // 3, side // 3), side, side)
    frame[-side:, :side] = small
    return frame


def resampled_edges(frame, mask, options):
    """Return where neighbouring overlay pixels differ by more than EDGE_CONTRAST, at the frame's size."""
    height, width = frame.shape[:2]
    overlay = EFFECTS[options.effect].overlay
    if overlay is None:
        return np.zeros((height, width), bool)
    padded = np.pad(premultiply(overlay_image(overlay, frame, mask, options)), [(1, 1), (1, 1), (0, 0)], mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    steep = np.ptp(around, axis=(3, 4)).max(axis=-1) > EDGE_CONTRAST
    edges = steep[np.ix_(np.arange(height) * mask.shape[0] // height, np.arange(width) * mask.shape[1] // width)]
    return edges[:, ::-1] if options.mirror else edges


def check_composite(got, frame, mask, options, backdrop, name):
    """Fail if a picture isn't the reference's composite."""
    # premultiplied, as canvases hold them: of a nearly transparent pixel a PNG keeps no exact colour
    expected = premultiply(composite(frame, mask, options, backdrop))
    difference = 255 * np.abs(premultiply(got) - expected).max(axis=-1)
    difference = difference.round(3)  # of 18 levels float32 makes 18.000006
    at_edges = resampled_edges(frame, mask, options)
    outside = (difference[~at_edges] > TOLERANCE + 0.5).mean()  # half a level for this comparison's own rounding
    assert outside <= MOST_OUTSIDE, f"{name}: {outside:.2%} differ, at most by {difference[~at_edges].max():.0f}"
    assert difference.max() <= EDGE_TOLERANCE, f"{name}: {difference.max():.0f} at an edge"


def check_every_effect(engine, frame, backdrop, *, by_tiles):
    """Show a photo, large enough to be painted by tiles if asked, and fail if an effect isn't the reference's."""
    if by_tiles:
        width = 560 if frame.shape[0] == frame.shape[1] else 960
        frame = resize_half_pixel(frame, width, width * frame.shape[0] // frame.shape[1])
    engine.show(frame)
    mask = engine.mask()
    size = Size(frame.shape[1], frame.shape[0])
    assert (tiles_for(np.rint(255 * mask).astype(np.uint8), size) is not None) == by_tiles
    engine.in_worker(f"pyodide.runPython({json.dumps(TELL_WORKER)})")
    for name, changes in CASES.items():
        options = Options().updated(changes)
        engine.options(**dataclasses.asdict(options))
        check_composite(engine.snapshot(), frame, mask, options, backdrop, name)


def check_mask(engine, frame, model_selection):
    """Show a photo, and fail if its mask isn't the native runtime's."""
    engine.show(frame)
    spec = load_spec(model_selection, Options.edges)
    sample = resize_half_pixel(frame, spec.width, spec.height)
    tensor = (sample[None] * np.float32(1 / 255)).astype(np.float32)
    expected = NativeRuntime(spec).run_sync(tensor)
    assert np.abs(engine.mask() - expected).mean() < 2e-3
    intersection = ((engine.mask() > 0.5) & (expected > 0.5)).sum()
    union = ((engine.mask() > 0.5) | (expected > 0.5)).sum()
    assert intersection / union > 0.998
