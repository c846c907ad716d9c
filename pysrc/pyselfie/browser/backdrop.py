"""The picture behind the person, cropped to the output's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import OffscreenCanvas

from pyselfie.core.effects import NEUTRAL_GREY
from pyselfie.core.geometry import Size, cover_crop

if TYPE_CHECKING:
    from pyselfie.browser import js_types


def fit_backdrop(backdrop: js_types.Bitmap | None, size: Size) -> js_types.OffscreenCanvas:
    """Return a canvas of `size` that `backdrop` covers, cropped and never stretched; neutral grey without one."""
    fitted = OffscreenCanvas.new(*size)
    context = fitted.getContext("2d")
    if backdrop is None:
        context.fillStyle = f"rgb({NEUTRAL_GREY} {NEUTRAL_GREY} {NEUTRAL_GREY})"
        context.fillRect(0, 0, *size)
    else:
        crop = cover_crop(Size(backdrop.width, backdrop.height), size)
        context.imageSmoothingQuality = "high"  # once per size, so quality costs nothing per frame
        context.drawImage(backdrop, *crop, 0, 0, *size)
    return fitted
