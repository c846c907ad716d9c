"""The effects, each defined once: what is drawn, in which order, with which Porter-Duff operator.

An effect is a *veil* and a list of draws. The veil is a small RGBA picture of the mask's size, made with NumPy and
scaled up when it is drawn; the other layers have the full size. The canvas painter and the NumPy compositor both
follow these definitions, so that they cannot drift apart, and nothing per pixel happens at full size in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pyselfie.core.blur import blur_background, blur_sigma
from pyselfie.core.options import parse_color

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options


@dataclass(frozen=True)
class Scene:
    """What a veil is made from.

    Attributes
    ----------
    sample : ndarray of uint8, shape [H, W, 4]
        The frame at the mask's size, RGBA.
    mask : ndarray of float32, shape [H, W], 0..1
        How much each pixel is the person.
    frame_size : Size
        The full frame's size in pixels.
    options : Options
        The user's choices.
    """

    sample: NDArray[np.uint8]
    mask: NDArray[np.float32]
    frame_size: Size
    options: Options


@dataclass(frozen=True)
class Draw:
    """One layer, drawn with one operator (a ``globalCompositeOperation`` name)."""

    operator: str
    layer: Literal["frame", "veil", "backdrop"]


@dataclass(frozen=True)
class Effect:
    """An effect's definition.

    Attributes
    ----------
    veil : callable
        ``veil(scene, out)`` fills `out`, uint8 [H, W, 4], straight (not premultiplied) RGBA.
    draws : tuple of Draw
        What is drawn, in this order; the first is a ``copy``.
    """

    veil: Callable[[Scene, NDArray[np.uint8]], None]
    draws: tuple[Draw, ...]


# Loops whose innermost axis is three channels long are ten times slower than the ones below, in WebAssembly above all:
# so one channel at a time, or all four bytes of a pixel at once.


def _to_u8(levels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return 0..1 as 0..255, rounded."""
    result: NDArray[np.uint8] = np.rint(levels * np.float32(255)).astype(np.uint8)
    return result


def _person_alpha(scene: Scene, out: NDArray[np.uint8]) -> None:
    """Write the mask into the alpha channel: the veil covers the person."""
    out[..., 3] = _to_u8(scene.mask)


def _background_alpha(scene: Scene, out: NDArray[np.uint8]) -> None:
    """Write the inverse mask into the alpha channel: the veil covers the background."""
    out[..., 3] = 255 - _to_u8(scene.mask)


def _set_color(color: str, out: NDArray[np.uint8]) -> None:
    out.view(np.uint32)[...] = np.array([*parse_color(color), 255], np.uint8).view(np.uint32)


def _fill_person(scene: Scene, out: NDArray[np.uint8]) -> None:
    _set_color(scene.options.color, out)
    _person_alpha(scene, out)


def _fill_background(scene: Scene, out: NDArray[np.uint8]) -> None:
    _set_color(scene.options.color, out)
    _background_alpha(scene, out)


def _blurred_background(scene: Scene, out: NDArray[np.uint8]) -> None:
    mask_size = scene.mask.shape[1], scene.mask.shape[0]
    sigma = blur_sigma(scene.options.strength, scene.frame_size, mask_size)
    blurred = blur_background(scene.sample, scene.mask, sigma)
    np.rint(blurred, out=blurred)
    for channel, plane in enumerate(blurred):
        out[..., channel] = plane.astype(np.uint8)
    _background_alpha(scene, out)


def _mask_view(scene: Scene, out: NDArray[np.uint8]) -> None:
    levels = _to_u8(scene.mask)
    for channel in range(3):
        out[..., channel] = levels
    out[..., 3] = 255


_FRAME = Draw("copy", "frame")
_VEIL_OVER = Draw("source-over", "veil")
_VEIL_OUT = Draw("destination-out", "veil")

# The frame comes first and the veil over it: on an opaque frame the same pixels as with the legacy demo's order
# (mask, `source-in` fill, `destination-atop` frame: a test holds them equal), in a third of the time, as browsers'
# canvases have fast paths for source-over and destination-out only.
EFFECTS: dict[str, Effect] = {
    "fill": Effect(_fill_person, (_FRAME, _VEIL_OVER)),
    "mask": Effect(_mask_view, (Draw("copy", "veil"),)),
    "color": Effect(_fill_background, (_FRAME, _VEIL_OVER)),
    "blur": Effect(_blurred_background, (_FRAME, _VEIL_OVER)),
    "picture": Effect(_background_alpha, (_FRAME, _VEIL_OUT, Draw("destination-over", "backdrop"))),
    "transparent": Effect(_background_alpha, (_FRAME, _VEIL_OUT)),
}
"""Every effect by its option name."""
