"""What each effect's pixels are, in the slow and obvious way; every painter is checked against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.blur import blur_background, blur_sigma
from pyselfie.core.effects import EFFECTS, NEUTRAL_GREY, draws_for
from pyselfie.core.geometry import Size, cover_crop
from pyselfie.core.options import parse_color
from pyselfie.core.sampling import resize_half_pixel
from tests.reference.edge import cast, edge_color, edge_image, smeared, stretched
from tests.reference.porter_duff import OPERATORS, premultiply, to_straight_u8
from tests.reference.view import lit, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.effects import Overlay
    from pyselfie.core.geometry import Rect
    from pyselfie.core.options import Options
    from tests.reference.porter_duff import Layer


def composite(
    frame: NDArray[np.uint8],
    mask: NDArray[np.float32],
    options: Options,
    backdrop: NDArray[np.uint8] | None = None,
    full: NDArray[np.float32] | None = None,
    view: Rect | None = None,
) -> NDArray[np.uint8]:
    """Return `frame` with the effect that `options` name.

    Parameters
    ----------
    frame : ndarray of uint8, shape [H, W, 3]
        RGB.
    mask : ndarray of float32, shape [h, w], 0..1
        How much each pixel is the person, at the model's size.
    options : Options
        Effect, colour, strength, mirror.
    backdrop : ndarray of uint8, shape [*, *, 3], optional
        RGB picture of any size for the effect "picture"; cropped to cover, never mirrored. Neutral grey without one.
    full : ndarray of float32, shape [H, W], 0..1, optional
        The mask at the frame's size, where the edge is put together then, as on the desktop; without it that is done at
        the mask's size, as on the canvas.
    view : Rect, optional
        The part of the result, in fractions of its sides, that is shown in its place, over all of the backdrop.

    Returns
    -------
    ndarray of uint8, shape [H, W, 4]
        Straight RGBA.
    """
    size = Size(frame.shape[1], frame.shape[0])
    effect = EFFECTS[options.effect]
    flip = slice(None, None, -1) if options.mirror else slice(None)
    behind = fitted(backdrop, size)
    layers = {"frame": premultiply(with_alpha(frame))[:, flip], "backdrop": premultiply(with_alpha(behind))}
    if effect.overlay is not None:
        overlay = overlay_image(effect.overlay, frame, mask, options)
        layers["overlay"] = resize_half_pixel(premultiply(overlay), size.width, size.height)[:, flip]
    needed = {draw.layer for draw in draws_for(options)}
    if needed & {"edge", "cast"}:
        layers |= _edge_layers(frame, mask, behind, options, mask if full is None else full, view)
    result: Layer = np.zeros((*frame.shape[:2], 4), np.float32)
    for draw in draws_for(options):
        layer = shown(layers[draw.layer], None if draw.layer == "backdrop" else view)
        result = result * layer if draw.operator == "multiply" else OPERATORS[draw.operator](result, layer)
    return to_straight_u8(result)


def looked_up(
    frame: NDArray[np.uint8], mask: NDArray[np.float32], options: Options, full: NDArray[np.float32] | None = None
) -> NDArray[np.float64]:
    """Return the effect "blur", edge included, as the desktop paints it, RGB [H, W, 3] in 0..255, not rounded.

    Alpha, which is no straight line of the mask, follows from the mask of the frame's size, that is `full`, or else
    `mask` stretched. `composite` stretches the overlay's alpha.
    """
    size = Size(frame.shape[1], frame.shape[0])
    full = resize_half_pixel(mask, *size) if full is None else full
    if options.mirror:
        frame, mask, full = np.ascontiguousarray(frame[:, ::-1]), np.ascontiguousarray(mask[:, ::-1]), full[:, ::-1]
    overlay = EFFECTS[options.effect].overlay
    assert overlay is not None
    color = stretched(overlay_image(overlay, frame, mask, options)[..., :3].astype(np.float64), *size)
    person = np.rint(full * 255)[..., None] / 255
    result: NDArray[np.float64] = (1 - person**2) * color + person**2 * frame
    return result


def overlay_image(
    overlay: Overlay, frame: NDArray[np.uint8], mask: NDArray[np.float32], options: Options
) -> NDArray[np.uint8]:
    """Return an effect's overlay at the mask's size, uint8 [h, w, 4], straight RGBA."""
    levels = np.rint(mask * 255)
    alpha = {"person": levels, "background": 255 - levels, "all": np.full(mask.shape, 255)}[overlay.covers]
    color = overlay_color(overlay.color, frame, mask, options)
    if overlay.folds_edge and options.decontaminate:
        share = mask[..., None]
        edge = stretched(edge_color(resize_half_pixel(frame, *mask.shape[::-1]), mask), *mask.shape[::-1])
        color = np.rint((share * edge + color) / (1 + share))
        alpha = np.rint(255 * (1 - (levels / 255) ** 2))
    return np.dstack([color, alpha]).astype(np.uint8)


def overlay_color(
    color: str, frame: NDArray[np.uint8], mask: NDArray[np.float32], options: Options
) -> NDArray[np.float32]:
    """Return the colour of each of the overlay's pixels, [h, w, 3] in 0..255."""
    height, width = mask.shape
    if color == "blurred":
        sample = resize_half_pixel(frame, width, height)
        sigma = blur_sigma(options.strength, (frame.shape[1], frame.shape[0]), (width, height))
        return np.rint(np.moveaxis(blur_background(sample, mask, sigma), 0, -1))
    if color == "mask":
        return np.rint(np.dstack([mask * 255] * 3))
    constant = parse_color(options.color if color == "chosen" else color)
    return np.broadcast_to(np.array(constant, np.float32), (height, width, 3))


def with_alpha(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return opaque RGBA."""
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _edge_layers(
    frame: NDArray[np.uint8],
    mask: NDArray[np.float32],
    behind: NDArray[np.uint8],
    options: Options,
    alpha: NDArray[np.float32],
    view: Rect | None,
) -> dict[str, Layer]:
    height, width = mask.shape
    flip = slice(None, None, -1) if options.mirror else slice(None)
    sample = resize_half_pixel(frame, width, height)
    levels, alpha = ((np.rint(one * 255) / 255).astype(np.float32) for one in (mask, alpha))
    light = smeared(behind, width // 4, height // 4)
    edge = edge_image(sample, levels, lit(light, view)[:, flip], options, alpha).astype(np.float32)
    color = np.append(cast(sample, mask, light, options.colour_cast), 1)
    return {
        "edge": resize_half_pixel(edge, frame.shape[1], frame.shape[0])[:, flip],
        "cast": np.broadcast_to(color.astype(np.float32), (*frame.shape[:2], 4)),
    }


def fitted(backdrop: NDArray[np.uint8] | None, size: Size) -> NDArray[np.uint8]:
    """Return what stands behind the person, RGB of the frame's size."""
    if backdrop is None:
        backdrop = np.full((1, 1, 3), NEUTRAL_GREY, np.uint8)
    crop = cover_crop(Size(backdrop.shape[1], backdrop.shape[0]), size)
    left, top = round(crop.x), round(crop.y)
    right, bottom = round(crop.x + crop.width), round(crop.y + crop.height)
    cropped = np.ascontiguousarray(backdrop[top : max(bottom, top + 1), left : max(right, left + 1)])
    fitted: NDArray[np.uint8] = resize_half_pixel(cropped, size.width, size.height)
    return fitted
