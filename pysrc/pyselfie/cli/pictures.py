"""Read and write picture files with Pillow."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.cli.atomic_write import atomic_write
from pyselfie.cli.errors import FileError, why
from pyselfie.cli.plan import WITH_ALPHA
from pyselfie.extras import require

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_QUALITY: dict[str, dict[str, Any]] = {
    ".jpg": {"quality": 95},
    ".jpeg": {"quality": 95},
    ".webp": {"quality": 95, "exact": False},
}


class Photo(NamedTuple):
    """A picture file's content.

    Attributes
    ----------
    rgb
        uint8 [H, W, 3], upright; what was transparent is white.
    profile
        The colour profile (ICC) that the numbers are meant in, None for sRGB.
    """

    rgb: NDArray[np.uint8]
    profile: bytes | None


def read_picture(path: Path) -> Photo:
    """Return a picture, turned upright as its camera noted (EXIF).

    Raises
    ------
    FileError
        When it is missing, no picture, or cut off: one sentence.
    """
    pillow = require("PIL.Image", "cli", "reading pictures")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pillow.DecompressionBombWarning)  # large photos are welcome
            with pillow.open(path) as opened:
                return _decoded(opened)
    except require("PIL", "cli", "reading pictures").UnidentifiedImageError as error:
        raise FileError(f"{path} is no picture that can be read") from error
    except OSError as error:
        reason = why(error) if error.errno else f"the file is damaged ({error})"
        raise FileError(f"{path} cannot be read: {reason}") from error
    except (ValueError, SyntaxError, EOFError, MemoryError, pillow.DecompressionBombError) as error:
        raise FileError(f"{path} cannot be read: the file is damaged ({error or type(error).__name__})") from error


def _decoded(opened: Any) -> Photo:
    upright = require("PIL.ImageOps", "cli", "reading pictures").exif_transpose(opened)
    profile = upright.info.get("icc_profile") if upright.mode in {"RGB", "RGBA", "P"} else None
    if upright.mode.startswith(("I", "F")):  # 16 bits and more: Pillow would cut off instead of scaling
        values = np.asarray(upright, np.float64)
        grey = (values / max(values.max(), 65535 if upright.mode != "F" else 1) * 255).round().astype(np.uint8)
        return Photo(np.dstack([grey] * 3), None)
    if upright.has_transparency_data:
        rgba = upright.convert("RGBA")
        white = require("PIL.Image", "cli", "reading pictures").new("RGBA", rgba.size, "white")
        white.alpha_composite(rgba)
        upright = white
    return Photo(np.array(upright.convert("RGB")), profile)


def write_picture(target: Path, picture: NDArray[np.uint8], profile: bytes | None, *, grey: bool = False) -> None:
    """Write RGB or RGBA (with `grey`, its red channel alone) so that `target` is never half a file.

    Raises
    ------
    FileError
        When the format cannot hold it, or the system refuses.
    """
    suffix = target.suffix.lower()
    if picture.shape[2] == 4 and suffix not in WITH_ALPHA:
        raise FileError(f"{target} cannot hold transparency: use {' or '.join(sorted(WITH_ALPHA))}")
    pillow = require("PIL.Image", "cli", "writing pictures")
    image = pillow.fromarray(picture[..., 0].copy() if grey else picture)
    known = {"icc_profile": profile} if profile and not grey else {}
    encoded = io.BytesIO()  # Pillow's own writing to a file does not notice when the disk is full
    try:
        image.save(encoded, format=pillow.registered_extensions()[suffix], **_QUALITY.get(suffix, {}), **known)
    except (ValueError, OSError) as error:
        raise FileError(f"{target} cannot be written: {error}") from error
    with atomic_write(target) as part:
        part.write_bytes(encoded.getvalue())
