"""Decode picture files with the browser's own decoders."""

from __future__ import annotations

import numpy as np
from js import Blob, OffscreenCanvas, createImageBitmap
from pyodide.ffi import JsException, to_js


async def decode_picture(data: bytes, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a picture file's pixels, uint8 [H, W, 3], RGB, turned upright as its camera noted.

    Parameters
    ----------
    data
        The file.
    name
        What to call it in an error.

    Raises
    ------
    ValueError
        When the browser cannot decode it.
    """
    try:
        bitmap = await createImageBitmap(Blob.new(to_js([to_js(data)])))
    except JsException as error:
        raise ValueError(f"{name} is no picture that this browser can read") from error
    try:
        width, height = bitmap.width, bitmap.height
        context = OffscreenCanvas.new(width, height).getContext("2d")
        context.fillStyle = "white"  # as on the desktop, for what is transparent
        context.fillRect(0, 0, width, height)
        context.drawImage(bitmap, 0, 0)
    finally:
        bitmap.close()
    rgba = np.empty((height, width, 4), np.uint8)
    context.getImageData(0, 0, width, height).data.assign_to(rgba)
    return np.ascontiguousarray(rgba[..., :3])
