"""Read and write picture files with Pillow: single pictures, animations, and pages."""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from pyselfie.cli.atomic_write import atomic_write
from pyselfie.cli.errors import FileError, why
from pyselfie.cli.formats import WITH_ALPHA
from pyselfie.cli.remote import RemotePath, reason
from pyselfie.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from pyselfie.cli.files import Place

_QUALITY: dict[str, dict[str, Any]] = {
    ".jpg": {"quality": 95},
    ".jpeg": {"quality": 95},
    ".webp": {"quality": 95, "exact": False},
}
# Of other formats the first picture is the picture: in a JPEG (MPO) the others are previews, depth, or the other eye's.
_ANIMATIONS = {"PNG", "WEBP", "GIF", "AVIF"}
_SUBFILE_TYPE, _REDUCED = 254, 1  # a TIFF page that is a smaller copy of another one (TIFF 6.0, "NewSubfileType")


class Photo(NamedTuple):
    """One picture of a file.

    Attributes
    ----------
    pixels
        uint8 [H, W, 3], RGB, upright, where what was transparent is white; on the way out RGBA [H, W, 4], too.
    profile
        The colour profile (ICC) that the numbers are meant in, None for sRGB.
    duration_ms
        How long an animation shows it.
    """

    pixels: NDArray[np.uint8]
    profile: bytes | None
    duration_ms: float = 0.0


class PictureFile:
    """An opened picture file; iterating gives its pictures, turned upright as their camera noted (EXIF).

    Parameters
    ----------
    path
        The file.

    Attributes
    ----------
    kind
        What several pictures in it are; ``"single"`` for a file of one.
    count
        How many there are.
    loops
        How often an animation is shown, 0 for ever.

    Raises
    ------
    FileError
        When it is missing, no picture, or cut off: one sentence; from the iteration, too.
    """

    kind: Literal["single", "animation", "pages"]

    def __init__(self, path: Place) -> None:
        self._path = path
        with _told(path):
            self._opened = require("PIL.Image", "cli", "reading pictures").open(_opened(path))
            try:
                self._indices = self._wanted()
            except BaseException:
                self._opened.close()
                raise
        self.count = len(self._indices)
        self.kind = "single" if self.count == 1 else "pages" if self._opened.format == "TIFF" else "animation"
        self.loops: int = self._opened.info.get("loop", 0)

    def _wanted(self) -> list[int]:
        """Return the numbers of the pictures that count."""
        opened = self._opened
        if opened.format == "TIFF":
            return [index for index in range(opened.n_frames) if index == 0 or not self._is_reduced(index)]
        if opened.format not in _ANIMATIONS:
            return [0]
        still = bool(opened.info.get("default_image"))  # an APNG's picture for viewers that do not know APNG
        return list(range(int(still), getattr(opened, "n_frames", 1)))

    def _is_reduced(self, index: int) -> bool:
        self._opened.seek(index)
        return bool(self._opened.tag_v2.get(_SUBFILE_TYPE, 0) & _REDUCED)

    def __iter__(self) -> Iterator[Photo]:
        for index in self._indices:
            with _told(self._path):
                self._opened.seek(index)
                photo = _decoded(self._opened)
            yield photo

    def levels(self) -> NDArray[np.uint8]:
        """Return the first picture as a mask: see `read_levels`."""
        with _told(self._path):
            pixels = _decoded(self._opened).pixels
            if self._opened.has_transparency_data:
                upright = require("PIL.ImageOps", "cli", "reading pictures").exif_transpose(self._opened)
                alpha: NDArray[np.uint8] = np.asarray(upright.convert("RGBA"))[..., 3]
                if alpha.min() < 255:  # many programs write an alpha that says nothing
                    return alpha
            if self._opened.mode == "P" and (pixels != pixels[..., :1]).any():
                raise FileError(f"{self._path} has labels, by its palette of colours, and no levels of grey")
            return np.asarray(require("PIL.Image", "cli", "reading pictures").fromarray(pixels).convert("L"))

    def __enter__(self) -> PictureFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()


def read_picture(path: Path) -> Photo:
    """Return a file's picture, of several the first.

    Raises
    ------
    FileError
        When it is missing, no picture, or cut off: one sentence.
    """
    with PictureFile(path) as file:
        return next(iter(file))


def read_levels(path: Path) -> NDArray[np.uint8]:
    """Return a mask's file, uint8 [H, W]: its alpha, if it is transparent anywhere, else how bright it is.

    Raises
    ------
    FileError
        When it is missing, no picture, cut off, or has a palette of colours, as labels have: one sentence.
    """
    with PictureFile(path) as file:
        return file.levels()


@contextmanager
def _told(path: Place) -> Iterator[None]:
    """Turn what Pillow raises about a file into one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # large photos are welcome, and damage is told by a sentence or not at all
            yield
    except require("PIL", "cli", "reading pictures").UnidentifiedImageError as error:
        raise FileError(f"{path} is no picture that can be read") from error
    except OSError as error:
        reason = why(error) if error.errno else f"the file is damaged ({error})"
        raise FileError(f"{path} cannot be read: {reason}") from error
    except (FileError, ImportError):
        raise
    except Exception as error:  # Pillow's readers raise anything over a damaged file
        said = " ".join(str(error).split()) or type(error).__name__
        raise FileError(f"{path} cannot be read: the file is damaged ({said})") from error


def _opened(path: Place) -> Path | io.BytesIO:
    """Return what Pillow reads: a path, or what lies at a URL.

    Raises
    ------
    FileError
        When that cannot be fetched: one sentence.
    """
    if not isinstance(path, RemotePath):
        return path
    try:
        return io.BytesIO(path.read_bytes())
    except OSError as error:
        raise FileError(f"{path} cannot be read: {reason(error)}") from error


def _decoded(opened: Any) -> Photo:
    upright = require("PIL.ImageOps", "cli", "reading pictures").exif_transpose(opened)
    duration_ms = float(opened.info.get("duration") or 0)  # known only now that the picture has been loaded
    profile = upright.info.get("icc_profile") if upright.mode in {"RGB", "RGBA", "P"} else None
    if upright.mode.startswith(("I", "F")):  # 16 bits and more: Pillow would cut off instead of scaling
        values = np.asarray(upright, np.float64)
        grey = (values / max(values.max(), 65535 if upright.mode != "F" else 1) * 255).round().astype(np.uint8)
        return Photo(np.dstack([grey] * 3), None, duration_ms)
    if upright.has_transparency_data:
        rgba = upright.convert("RGBA")
        white = require("PIL.Image", "cli", "reading pictures").new("RGBA", rgba.size, "white")
        white.alpha_composite(rgba)
        upright = white
    return Photo(np.array(upright.convert("RGB")), profile, duration_ms)


def write_pictures(target: Place, photos: list[Photo], *, loops: int = 0, grey: bool = False) -> None:
    """Write one picture, or several as an animation or as pages, so that `target` is never half a file.

    Parameters
    ----------
    target
        The file; its suffix is the format.
    photos
        RGB or RGBA; with `grey` their red channel alone is written.
    loops
        How often an animation is shown, 0 for ever.

    Raises
    ------
    FileError
        When the format cannot hold it, or the system refuses.
    """
    suffix = target.suffix.lower()
    if photos[0].pixels.shape[2] == 4 and suffix not in WITH_ALPHA:
        raise FileError(f"{target} cannot hold transparency: use {' or '.join(sorted(WITH_ALPHA))}")
    pillow = require("PIL.Image", "cli", "writing pictures")
    first, *more = [pillow.fromarray(photo.pixels[..., 0].copy() if grey else photo.pixels) for photo in photos]
    options = dict(_QUALITY.get(suffix, {}))
    if photos[0].profile and not grey:
        options["icc_profile"] = photos[0].profile
    if more:
        options |= {"save_all": True, "append_images": more}
        if any(photo.duration_ms for photo in photos):
            options |= {"duration": [round(photo.duration_ms) for photo in photos], "loop": loops}
    encoded = io.BytesIO()  # Pillow's own writing to a file does not notice when the disk is full
    try:
        first.save(encoded, format=pillow.registered_extensions()[suffix], **options)
    except (ValueError, OSError) as error:
        raise FileError(f"{target} cannot be written: {error}") from error
    with atomic_write(target) as part:
        part.write_bytes(encoded.getvalue())
