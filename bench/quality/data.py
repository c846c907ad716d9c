"""What the masks are measured on: the development data beside the checkout, or the few pictures in `bench/people`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import av
import numpy as np
from PIL import Image

from bench.quality.small import far_away
from builder.errors import BuildError
from builder.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SHARED = ROOT.parent / "shared" / "data"
PEOPLE = ROOT / "bench" / "people"
_PAN_PX, _PAN_FRAMES = 40, 24


class Item(NamedTuple):
    """A picture, uint8 [H, W, 3], RGB, and its truth, uint8 [H, W], None where nobody knows it."""

    rgb: NDArray[np.uint8]
    truth: NDArray[np.uint8] | None


@dataclass(frozen=True)
class Source:
    """Pictures or clips of one kind.

    Attributes
    ----------
    name
        What the table calls them.
    kind
        ``"stills"``, ``"small"``, which are stills of people far away, or ``"clips"``.
    runs
        Each gives the frames of one clip; a still is a clip of one frame.
    """

    name: str
    kind: Literal["stills", "small", "clips"]
    runs: tuple[Callable[[], Iterator[Item]], ...]


def find_sources(folder: Path, *, quick: bool = False) -> list[Source]:
    """Return what can be measured; `quick` takes every fourth picture and the first of many clips.

    Raises
    ------
    BuildError
        When there is nothing at all.
    """
    sources = list(_development_data(folder, 4 if quick else 1) if folder.resolve() != PEOPLE else _own_pictures())
    if not sources:
        raise BuildError(f"{folder} has none of fixtures/, portraits/, matte_clip/, clips/: name another --data.")
    return sources


def _own_pictures() -> Iterator[Source]:
    yield _stills("pictures", PEOPLE, "*", 1)
    yield _far("small, grey wall", PEOPLE, "*", 1, crop=False)
    yield _pans("pan", PEOPLE, "*", 1)
    yield _films("webcam", PEOPLE, 1)


def _development_data(folder: Path, step: int) -> Iterator[Source]:
    if (folder / "fixtures").is_dir():
        yield _stills("fixtures p_*", folder / "fixtures", "p_*", step)
        yield _far("small, cut out", folder / "fixtures", "p_*", step, crop=False)
        yield _far("small, crops", folder / "fixtures", "p_*", step, crop=True)
        yield _pans("pan", folder / "fixtures", "p_*", step)
    if (folder / "portraits").is_dir():
        yield _stills("portraits", folder / "portraits", "*", step)
    if (folder / "matte_clip").is_dir():
        yield Source("matte_clip", "clips", (_Frames(_pictures(folder / "matte_clip", "*", 1)),))
    if (folder / "clips").is_dir():
        yield _films("webcam", folder, 4 * step if step > 1 else 1)


def _pictures(folder: Path, names: str, step: int) -> list[tuple[Path, Path]]:
    masks = {path.stem: path for path in (folder / "masks").iterdir()}
    return [(path, masks[path.stem]) for path in sorted((folder / "images").glob(names))][::step]


def _stills(name: str, folder: Path, names: str, step: int) -> Source:
    return Source(name, "stills", tuple(_Frames([each]) for each in _pictures(folder, names, step)))


def _far(name: str, folder: Path, names: str, step: int, *, crop: bool) -> Source:
    """Return each picture's person far away, before each picture of nobody; before a grey wall where there is none."""
    rooms: list[Path | None] = [*sorted((folder / "images").glob("n_*"))[::step]]
    people = _pictures(folder, names, step)
    return Source(name, "small", tuple(_Far(*each, room, crop) for each in people for room in rooms or [None]))


def _pans(name: str, folder: Path, names: str, step: int) -> Source:
    """Return each picture as a clip: a window of it that moves by 40 px and back, so that everything moves."""
    return Source(name, "clips", tuple(_Pan(*each) for each in _pictures(folder, names, step)))


class _Frames:
    def __init__(self, files: list[tuple[Path, Path]]) -> None:
        self._files = files

    def __call__(self) -> Iterator[Item]:
        return (_read(*each) for each in self._files)


@dataclass(frozen=True)
class _Far:
    picture: Path
    truth: Path
    room: Path | None
    crop: bool

    def __call__(self) -> Iterator[Item]:
        yield Item(*far_away(self.picture, self.truth, self.room, crop=self.crop))


class _Pan:
    def __init__(self, picture: Path, truth: Path) -> None:
        self._files = picture, truth

    def __call__(self) -> Iterator[Item]:
        rgb, truth = _read(*self._files)
        assert truth is not None  # noqa: S101 - for mypy: it has been read
        width = rgb.shape[1] - _PAN_PX
        for number in range(_PAN_FRAMES):
            left = round(_PAN_PX / 2 * (1 - np.cos(2 * np.pi * number / _PAN_FRAMES)))
            yield Item(np.ascontiguousarray(rgb[:, left : left + width]), truth[:, left : left + width])


def _films(name: str, folder: Path, step: int) -> Source:
    return Source(name, "clips", tuple(_Film(path) for path in sorted((folder / "clips").glob("*.mkv"))[::step]))


class _Film:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> Iterator[Item]:
        with av.open(str(self._path)) as container:
            for frame in container.decode(video=0):
                yield Item(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False), None)


def _read(picture: Path, truth: Path) -> Item:
    with Image.open(picture) as photo, Image.open(truth) as mask:
        return Item(np.array(photo.convert("RGB")), np.array(mask.convert("L")))
