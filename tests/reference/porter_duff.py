"""Porter-Duff compositing operators on NumPy arrays.

Every array holds premultiplied RGBA: float, shape ``[..., 4]``, range 0..1, the colour channels already
multiplied by alpha. ``d`` is the destination (what is on the canvas), ``s`` the source (what is drawn), ``da``
and ``sa`` their alpha. The names are those of the canvas's ``globalCompositeOperation``.

References
----------
T. Porter, T. Duff, "Compositing Digital Images", SIGGRAPH 1984; W3C "Compositing and Blending Level 1", section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Layer = NDArray[np.float32]
    Operator = Callable[[Layer, Layer], Layer]


def copy(destination: Layer, source: Layer) -> Layer:
    """Return ``s``: the source alone, wherever it is transparent too."""
    return np.broadcast_to(source, destination.shape).copy()


def source_over(destination: Layer, source: Layer) -> Layer:
    """Return ``s + d * (1 - sa)``: the source in front of the destination."""
    return source + destination * (1 - source[..., 3:])


def source_in(destination: Layer, source: Layer) -> Layer:
    """Return ``s * da``: the source where the destination is."""
    return source * destination[..., 3:]


def destination_out(destination: Layer, source: Layer) -> Layer:
    """Return ``d * (1 - sa)``: the destination where the source is not."""
    return destination * (1 - source[..., 3:])


def destination_over(destination: Layer, source: Layer) -> Layer:
    """Return ``d + s * (1 - da)``: the source behind the destination."""
    return destination + source * (1 - destination[..., 3:])


def destination_atop(destination: Layer, source: Layer) -> Layer:
    """Return ``d * sa + s * (1 - da)``: the destination where the source is, the source elsewhere."""
    return destination * source[..., 3:] + source * (1 - destination[..., 3:])


OPERATORS: dict[str, Operator] = {
    "copy": copy,
    "source-over": source_over,
    "source-in": source_in,
    "destination-out": destination_out,
    "destination-over": destination_over,
    "destination-atop": destination_atop,
}
"""The operators by their ``globalCompositeOperation`` names."""


def premultiply(rgba: NDArray[np.uint8] | Layer) -> Layer:
    """Return premultiplied float32 RGBA in 0..1 from straight RGBA.

    Parameters
    ----------
    rgba : ndarray, shape [..., 4]
        Straight (not premultiplied) RGBA, uint8 in 0..255 or float in 0..1.
    """
    scale = np.float32(1 / 255) if rgba.dtype == np.uint8 else np.float32(1)
    result = rgba.astype(np.float32) * scale
    result[..., :3] *= result[..., 3:]
    return result


def to_straight_u8(layer: Layer) -> NDArray[np.uint8]:
    """Return straight RGBA uint8, as in a PNG, from premultiplied float RGBA: the inverse of `premultiply`."""
    alpha = layer[..., 3:]
    colour = np.divide(layer[..., :3], alpha, out=np.zeros_like(layer[..., :3]), where=alpha > 0)
    straight = np.concatenate([colour, alpha], axis=-1)
    result: NDArray[np.uint8] = np.rint(np.clip(straight, 0, 1) * 255).astype(np.uint8)
    return result
