"""Load and show pictures in a notebook, in Jupyter on the desktop and in a browser's Python, which has no Pillow."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.pictures import check_frame, check_mask
from pyselfie.extras import MissingExtraError, require
from pyselfie.shared_model import IN_BROWSER

if TYPE_CHECKING:
    from numpy.typing import NDArray


async def load(path: str | Path) -> NDArray[np.uint8]:
    """Return a picture file, uint8 [H, W, 3], RGB.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When it is no picture that can be read.
    MissingExtraError
        On the desktop, without Pillow.
    """
    data = Path(path).read_bytes()
    if IN_BROWSER:
        from pyselfie.browser.decode import decode_picture  # noqa: PLC0415, it needs the browser

        return await decode_picture(data, str(path))
    from pyselfie.cli.errors import FileError  # noqa: PLC0415, with what it brings
    from pyselfie.cli.picture_file import read_picture  # noqa: PLC0415

    try:
        return read_picture(Path(path)).pixels
    except FileError as error:
        raise ValueError(str(error)) from error


class Shown:
    """A picture that a notebook shows when it is a cell's last value.

    Parameters
    ----------
    picture
        uint8 [H, W, 3], RGB, or [H, W, 4], straight RGBA; or a mask, floating point [H, W] in 0..1, shown in grey.

    Raises
    ------
    TypeError, ValueError
        In one sentence, when it is nothing like that.
    """

    def __init__(self, picture: NDArray[Any]) -> None:
        if getattr(picture, "ndim", 0) == 2:
            picture = np.dstack([np.rint(check_mask(picture) * 255).astype(np.uint8)] * 3)
        elif getattr(picture, "shape", ())[2:] == (4,):
            check_frame(picture[..., :3], "picture")
        else:
            picture = check_frame(picture, "picture")
        self.picture: NDArray[np.uint8] = picture

    def _repr_mimebundle_(self, **_formats: Any) -> dict[str, bytes]:
        """Return the picture for the notebook: JPEG, which is small; with alpha, or without Pillow, PNG."""
        if self.picture.shape[2] == 3:
            try:
                return {"image/jpeg": _encode_jpeg(self.picture)}
            except MissingExtraError:
                pass
        return {"image/png": encode_png(self.picture)}


def show(*pictures: NDArray[Any]) -> Shown:
    """Return the pictures, all of one size, side by side; make it the last line of a cell.

    Raises
    ------
    TypeError, ValueError
        When one is no picture, or the heights differ.
    """
    shown = [Shown(picture).picture for picture in pictures]
    if len({picture.shape[0] for picture in shown}) > 1:
        sizes = ", ".join(f"{picture.shape[1]}x{picture.shape[0]}" for picture in shown)
        raise ValueError(f"pictures side by side have to have one height, got {sizes}")
    if len({picture.shape[2] for picture in shown}) > 1:
        shown = [_opaque(picture) for picture in shown]
    return Shown(np.concatenate(shown, axis=1))


def _opaque(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture if picture.shape[2] == 4 else np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def _encode_jpeg(picture: NDArray[np.uint8]) -> bytes:
    from io import BytesIO  # noqa: PLC0415

    file = BytesIO()
    require("PIL.Image", "cli", "JPEG").fromarray(picture).save(file, "JPEG", quality=85)
    return file.getvalue()


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """Return RGB or RGBA as a PNG file, by the standard library alone (W3C PNG specification, third edition).

    Parameters
    ----------
    picture
        uint8 [H, W, 3 or 4].
    """
    height, width, channels = picture.shape
    rows = picture.reshape(height, width * channels)
    filtered = np.empty((height, 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = 2  # filter "Up": each row minus the one above, which compresses better than the row itself
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
