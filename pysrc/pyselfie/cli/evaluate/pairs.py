"""Which truth, and which mask, belongs to which picture: the one of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyselfie.cli.errors import UsageError, why
from pyselfie.cli.files import is_folder
from pyselfie.cli.formats import PICTURES, VIDEOS
from pyselfie.evaluation.names import bare, in_order, lacking, same_name

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


class Pair(NamedTuple):
    """A picture, its truth, and the mask that is measured; None where it has still to be made."""

    name: str
    picture: Path
    truth: Path
    mask: Path | None


def find_pairs(pictures: Path, truth: Path, masks: Path | None) -> tuple[list[Pair], list[str]]:
    """Return the pictures that have all they need, and a sentence about those that have not.

    Parameters
    ----------
    pictures, truth, masks
        Folders, whose files belong together by their names without suffix; or single pictures of any name.

    Raises
    ------
    UsageError
        When one is missing or empty, or no names fit.
    """
    found = _named(pictures)
    truths = _partners(found, pictures, truth)
    made = {} if masks is None else _partners(found, pictures, masks)
    problems = [_lacking(found, truths, "truth", truth)]
    if masks is not None:
        problems.append(_lacking(found, made, "mask", masks))
    problems = [problem for problem in problems if problem]
    pairs = [
        Pair(name, path, truths[name], made.get(name))
        for name, path in found.items()
        if name in truths and (masks is None or name in made)
    ]
    if not pairs:
        raise UsageError(problems[0])
    return pairs, problems


def _partners(found: dict[str, Path], pictures: Path, place: Path) -> dict[str, Path]:
    named = _named(place)
    if is_folder(pictures) or is_folder(place):
        return named
    return dict.fromkeys(found, place)  # two files belong together, whatever they are called


def _lacking(found: dict[str, Path], partners: dict[str, Path], kind: str, place: Path) -> str:
    names = [path.name for name, path in found.items() if name not in partners]
    return lacking(names, "picture", f"no {kind} of the same name in {place}")


def _named(place: Path) -> dict[str, Path]:
    """Return the pictures at a place by their names without suffix, in order."""
    named: dict[str, Path] = {}
    for file in pictures_at(place):
        name = bare(file.relative_to(place if file != place else place.parent).as_posix())
        if name in named:
            raise UsageError(same_name(named[name], file))
        named[name] = file
    return named


def pictures_at(place: Path) -> list[Path]:
    """Return a picture, or all of a folder in the order of their names, in which numbers count as numbers.

    Raises
    ------
    UsageError
        When there are none.
    """
    if is_folder(place):
        shown = _shown(place, PICTURES)
        if not shown:
            raise UsageError(f"there is no picture in the folder {place}")
        return [place / file for file in shown]
    check_there(place)
    if place.suffix.lower() not in PICTURES:
        raise UsageError(f"{place} is no picture by its name ({' '.join(sorted(PICTURES))})")
    return [place]


def left_out(place: Path) -> str:
    """Return a sentence about the videos in a folder, which nobody measures there; "" if there are none."""
    videos = _shown(place, VIDEOS) if is_folder(place) else []
    if not videos:
        return ""
    those = f"{len(videos)} videos in {place} are" if len(videos) > 1 else f"a video in {place} is"
    return f"{those} left out, {videos[0]}: a video is measured alone, pyselfie evaluate {videos[0].name} TRUTH"


def _shown(place: Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files of such suffixes in a folder and below, relative to it, but for hidden ones, in order."""
    try:
        inside = [file.relative_to(place) for file in place.rglob("*") if file.suffix.lower() in suffixes]
    except OSError as error:  # a folder in it has gone meanwhile
        raise UsageError(f"{place} cannot be read: {why(error)}") from error
    shown = (file for file in inside if not any(part.startswith(".") for part in file.parts))
    return sorted(shown, key=lambda file: in_order(file.as_posix()))


def check_there(place: Path) -> None:
    """See whether something can be read there.

    Raises
    ------
    UsageError
        If not.
    """
    try:
        place.stat()
    except FileNotFoundError:
        raise UsageError(f"there is no file or folder {place}") from None
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {why(error)}") from error
