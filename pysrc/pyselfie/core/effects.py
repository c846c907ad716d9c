"""The effects, each one a record: an overlay, and what is drawn in which order.

The overlay is a small RGBA image of the mask's size that is scaled up when it is drawn; the frame and the backdrop have
the full size. All painters (`arrays.painter`, `browser.canvas`, `browser.webgpu`) follow the records, so an effect that
combines what the others have is a new entry in `EFFECTS` and no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cover = Literal["person", "background", "all"]
Operator = Literal["copy", "source-over", "destination-out", "destination-over"]
Layer = Literal["frame", "overlay", "backdrop"]
LAYERS: tuple[Layer, ...] = ("frame", "overlay", "backdrop")


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
    """

    color: str
    covers: Cover


@dataclass(frozen=True)
class Draw:
    """One layer, drawn with one Porter-Duff operator (a ``globalCompositeOperation`` name)."""

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
        What is drawn, in this order; the first is a ``copy``.
    """

    overlay: Overlay | None
    draws: tuple[Draw, ...]


_ERASER = Overlay("#000000", "background")  # only its alpha counts
_FRAME = Draw("copy", "frame")
_OVERLAY_OVER = Draw("source-over", "overlay")
_OVERLAY_OUT = Draw("destination-out", "overlay")

# The frame comes first and the overlay over it: on an opaque frame the same pixels as with the legacy demo's order
# (mask, `source-in` fill, `destination-atop` frame: a test holds them equal), in a third of the time, as browsers'
# canvases have fast paths for source-over and destination-out only.
EFFECTS: dict[str, Effect] = {
    "fill": Effect(Overlay("chosen", "person"), (_FRAME, _OVERLAY_OVER)),
    "mask": Effect(Overlay("mask", "all"), (Draw("copy", "overlay"),)),
    "color": Effect(Overlay("chosen", "background"), (_FRAME, _OVERLAY_OVER)),
    "picture": Effect(_ERASER, (_FRAME, _OVERLAY_OUT, Draw("destination-over", "backdrop"))),
    "blur": Effect(Overlay("blurred", "background"), (_FRAME, _OVERLAY_OVER)),
    "transparent": Effect(_ERASER, (_FRAME, _OVERLAY_OUT)),
    "none": Effect(None, (_FRAME,)),
}
"""Every effect by its option name."""

NEUTRAL_GREY = 127
"""What stands behind the person while there is no picture to put there; 0..255 in all channels."""
