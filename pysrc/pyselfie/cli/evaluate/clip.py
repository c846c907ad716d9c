"""The frames of a clip, each with its truth and its mask: they belong together by their order."""

from __future__ import annotations

from itertools import count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.cli.evaluate.pairs import check_there, pictures_at
from pyselfie.cli.files import is_folder
from pyselfie.cli.film import Film
from pyselfie.cli.formats import VIDEOS
from pyselfie.cli.picture_file import read_levels, read_picture
from pyselfie.core.pictures import LUMA
from pyselfie.extras import require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]


class Frame(NamedTuple):
    """One frame, uint8: RGB [H, W, 3], and truth and mask [h, w], None where there is none."""

    name: str
    rgb: Picture
    truth: Picture | None
    mask: Picture | None


class Clip:
    """The frames of a clip.

    Parameters
    ----------
    pictures, truth, masks
        Each a video, or a folder of frames in the order of their names.

    Attributes
    ----------
    expected
        How many frames there are, 0 if nobody knows before the end.

    Raises
    ------
    UsageError
        When one is missing or empty, or two folders have different numbers of frames.
    """

    def __init__(self, pictures: Path, truth: Path | None, masks: Path | None) -> None:
        self._places = [pictures, truth, masks]
        self._folders = {place: pictures_at(place) for place in self._places if place is not None and _is_folder(place)}
        first, *others = [(place, len(files)) for place, files in self._folders.items()] or [(pictures, 0)]
        for other in others:
            if other[1] != first[1]:
                raise UsageError(
                    f"{first[0]} has {first[1]} pictures, and {other[0]} {other[1]}: of a clip each frame needs one"
                )
        self.expected = first[1]

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames.

        Raises
        ------
        FileError
            When one cannot be read, or one of the tracks ends before the others.
        """
        running = [self._frames(*track) for track in zip(self._places, (_rgb, _levels, _levels), strict=True)]
        for number in count():
            there = [next(track, None) for track in running]
            over = [place for place, item in zip(self._places, there, strict=True) if item is None]
            if over:
                longer = [place for place in self._places if place is not None and place not in over]
                if longer:
                    raise FileError(f"{over[0]} ends after {number} frames, and {longer[0]} goes on")
                return
            (name, rgb), (_, truth), (_, mask) = (item for item in there if item is not None)
            yield Frame(name, rgb, truth, mask)

    def _frames(self, place: Path | None, convert: Callable[[Any], Picture]) -> Iterator[tuple[str, Any]]:
        """Yield the frames of one track with their names; without a track, nothing for ever."""
        if place is None:
            return repeat(("", None))
        if place not in self._folders:
            return ((name, convert(rgb)) for name, rgb in _film(place))
        read: Any = read_levels if convert is _levels else lambda file: read_picture(file).pixels
        return ((file.stem, read(file)) for file in self._folders[place])


def _is_folder(place: Path) -> bool:
    check_there(place)
    if is_folder(place) or place.suffix.lower() in VIDEOS:
        return is_folder(place)
    raise UsageError(f"{place} is neither a folder of frames nor a video ({' '.join(sorted(VIDEOS))}) by its name")


def _rgb(frame: Picture) -> Picture:
    return frame


def _levels(frame: Picture) -> Picture:
    levels: Picture = np.rint(frame @ LUMA).astype(np.uint8)
    return levels


def _film(path: Path) -> Iterator[tuple[str, Picture]]:
    av = require("av", "video", "reading videos")
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise FileError(f"{path} is no video that can be read ({why(error)})") from error
    with container:
        film = Film(av, container, path)
        for kind, item in film.parts():
            if kind == "picture":
                yield f"frame {film.read}", film.upright(item)
        if film.missing():
            raise FileError(f"{path} is damaged: only {film.read} of its frames could be read")
