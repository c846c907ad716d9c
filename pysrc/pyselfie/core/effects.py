"""The effects, each one a record: an overlay, and what is drawn in which order.

The overlay and the edge are small RGBA images of the mask's size that are scaled up when they are drawn; the frame and
the backdrop have the full size; the cast is one colour. `core.edge` says what edge and cast are. All painters
(`arrays.painter`, `browser.canvas`, `browser.webgpu`) follow the records, so an effect that combines what the others
have is a new entry in `EFFECTS` and no code. What is drawn for the user's options tells `draws_for`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pyselfie.core.options import Options

Cover = Literal["person", "background", "all"]
Operator = Literal["copy", "source-over", "destination-out", "destination-over", "multiply"]
Layer = Literal["frame", "edge", "cast", "overlay", "backdrop"]
LAYERS: tuple[Layer, ...] = ("frame", "edge", "cast", "overlay", "backdrop")


@dataclass(frozen=True)
class Overlay:
    """What lies over the frame, or is cut out of it.

    Attributes
    ----------
    color : str
        ``"chosen"``: the option `color`; ``"mask"``: the mask in grey; ``"blurred"``: the background, blurred; or a
        constant, ``"#RRGGBB"``.
    covers : str
        ``"person"``, ``"background"`` or ``"all"``: where it is opaque.
    folds_edge : bool
        Whether the edge is part of it where `Options.decontaminate` is on, and no draw of its own: see
        `core.edge.fold`.
    """

    color: str
    covers: Cover
    folds_edge: bool = False


@dataclass(frozen=True)
class Draw:
    """One layer, drawn with one operator: a ``globalCompositeOperation`` name; multiply is for opaque layers only."""

    operator: Operator
    layer: Layer


@dataclass(frozen=True)
class Effect:
    """One effect.

    Attributes
    ----------
    overlay : Overlay or None
        None: nothing depends on the person, so that nothing is segmented.
    draws : tuple of Draw
        What is drawn at most, in this order; the first is a ``copy``. `draws_for` leaves out what the options do not
        ask for.
    """

    overlay: Overlay | None
    draws: tuple[Draw, ...]


_ERASER = Overlay("#000000", "background")  # only its alpha counts
_FRAME = Draw("copy", "frame")
_EDGE = Draw("source-over", "edge")
_CAST = Draw("multiply", "cast")
_OVERLAY_OVER = Draw("source-over", "overlay")
_OVERLAY_OUT = Draw("destination-out", "overlay")

# The frame comes first and the overlay over it: on an opaque frame the same pixels as with the legacy demo's order
# (mask, `source-in` fill, `destination-atop` frame: a test holds them equal), in a third of the time, as browsers'
# canvases have fast paths for source-over and destination-out only.
EFFECTS: dict[str, Effect] = {
    "fill": Effect(Overlay("chosen", "person"), (_FRAME, _OVERLAY_OVER)),
    "mask": Effect(Overlay("mask", "all"), (Draw("copy", "overlay"),)),
    "color": Effect(Overlay("chosen", "background"), (_FRAME, _EDGE, _OVERLAY_OVER)),
    "picture": Effect(_ERASER, (_FRAME, _EDGE, _CAST, _OVERLAY_OUT, Draw("destination-over", "backdrop"))),
    "blur": Effect(Overlay("blurred", "background", folds_edge=True), (_FRAME, _OVERLAY_OVER)),
    "transparent": Effect(_ERASER, (_FRAME, _EDGE, _OVERLAY_OUT)),
    "none": Effect(None, (_FRAME,)),
}
"""Every effect by its option name."""

NEUTRAL_GREY = 127
"""What stands behind the person while there is no picture to put there; 0..255 in all channels."""


def draws_for(options: Options) -> tuple[Draw, ...]:
    """Return what is drawn for the user's options, in this order."""
    wanted = {"edge": options.decontaminate or wrap_for(options) > 0, "cast": options.colour_cast > 0}
    return tuple(draw for draw in EFFECTS[options.effect].draws if wanted.get(draw.layer, True))


def wrap_for(options: Options) -> float:
    """Return how much of the backdrop's light the edge layer has, 0..1: none where no backdrop is drawn."""
    return options.light_wrap if any(draw.layer == "backdrop" for draw in EFFECTS[options.effect].draws) else 0.0


def folds_edge(options: Options) -> bool:
    """Return whether the edge is part of the effect's overlay."""
    overlay = EFFECTS[options.effect].overlay
    return options.decontaminate and overlay is not None and overlay.folds_edge


def options_of(effect: str) -> frozenset[str]:
    """Return the names of those of `Options` on which the pictures of an effect depend, the effect's own aside."""
    overlay, layers = EFFECTS[effect].overlay, {draw.layer for draw in EFFECTS[effect].draws}
    depends = {
        **dict.fromkeys(("mirror", "framing"), True),
        **dict.fromkeys(("edges", "smoothing"), overlay is not None),
        "color": overlay is not None and overlay.color == "chosen",
        "strength": overlay is not None and overlay.color == "blurred",
        "decontaminate": "edge" in layers or (overlay is not None and overlay.folds_edge),
        "light_wrap": {"edge", "backdrop"} <= layers,
        "colour_cast": "cast" in layers,
    }
    return frozenset(name for name, matters in depends.items() if matters)


def has_edge(options: Options) -> bool:
    """Return whether anything makes the edge better, and the frame slower."""
    return draws_for(options) != draws_for(without_edge(options)) or folds_edge(options)


def without_edge(options: Options) -> Options:
    """Return `options` without all that makes the edge better and the frame slower."""
    return dataclasses.replace(options, decontaminate=False, light_wrap=0.0, colour_cast=0.0)
