"""From the inputs on the command line to a list of jobs: what is read, and where the result goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pyselfie.cli.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
VIDEOS = {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".wmv", ".flv", ".3gp"}
VIDEOS_WRITTEN = {".mp4", ".m4v", ".mov", ".mkv", ".webm"}
WITH_ALPHA = {".png", ".webp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Job:
    """One input and its output.

    Attributes
    ----------
    source, target
        The input and the output file.
    kind
        ``"picture"`` or ``"video"``.
    problem
        Why it cannot be done, in one sentence; empty if it can.
    skip
        It was done before.
    """

    source: Path
    target: Path
    kind: Literal["picture", "video"]
    problem: str = ""
    skip: bool = False


def plan(options: argparse.Namespace) -> list[Job]:
    """Return the jobs, in the order in which the inputs were given.

    Raises
    ------
    UsageError
        When several inputs shall go into one file.
    """
    output = Path(options.output)
    many = len(options.inputs) > 1 or any(path.is_dir() for path in options.inputs)
    if not (output.is_dir() or options.output.endswith(("/", "\\"))):
        if not many:
            return [_single(options.inputs[0], output)]
        if output.suffix.lower() in PICTURES | VIDEOS or output.exists():
            raise UsageError(f"{output} is one file, but there are many inputs: name a folder, as -o {output.stem}/")
    return _into_folder(options, output)


def _single(source: Path, target: Path) -> Job:
    kind = _kind(source)
    writable = VIDEOS_WRITTEN if kind == "video" else PICTURES
    problem = _unknown(source)
    if not problem and target.suffix.lower() not in writable:
        problem = f"{target} cannot be written: a {kind} ends in {_listed(writable)}"
    return Job(source, target, kind, problem or _same(source, target))


def _into_folder(options: argparse.Namespace, folder: Path) -> list[Job]:
    taken: dict[Path, Path] = {}
    jobs = []
    seen: set[Path] = set()
    for source, place in _expanded(options.inputs, folder):
        if source.resolve() in seen:
            continue
        seen.add(source.resolve())
        suffix = _suffix(source, options)
        target = (folder / place).with_suffix(suffix)
        if target in taken and taken[target].name != source.name:  # photo.jpg and photo.png, to be masks
            target = target.with_name(f"{source.name}{suffix}")
        problem = _unknown(source)
        if not problem and taken.setdefault(target, source) != source:
            problem = f"{source} would overwrite the result of {taken[target]}: give it another name or another folder"
        problem = problem or _same(source, target)
        skip = not problem and not options.overwrite and _is_done(source, target)
        jobs.append(Job(source, target, _kind(source), problem, skip))
    return jobs


def _expanded(inputs: list[Path], output: Path) -> Iterator[tuple[Path, Path]]:
    """Yield every input file and its place below the output folder."""
    for path in inputs:
        if not path.is_dir():
            yield path, Path(path.name)
            continue
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in PICTURES | VIDEOS)
        if not found:
            yield path, Path(path.name)
        for file in found:
            place = file.relative_to(path)
            hidden = any(part.startswith(".") for part in place.parts)
            results = output.resolve() != path.resolve() and file.resolve().is_relative_to(output.resolve())
            if file.is_file() and not hidden and not results:
                yield file, place


def _suffix(source: Path, options: argparse.Namespace) -> str:
    """Return the suffix of a result in a folder: the input's, where that can hold it."""
    own, transparent = source.suffix.lower(), options.effect == "transparent"
    if _kind(source) == "video":
        return ".webm" if transparent else own if own in VIDEOS_WRITTEN else ".mp4"
    if options.format:
        return f".{options.format.lower().lstrip('.')}"
    exact = {".png", ".tif", ".tiff"}
    if (options.effect == "mask" and own not in exact) or (transparent and own not in WITH_ALPHA):
        return ".png"
    return own


def _kind(path: Path) -> Literal["picture", "video"]:
    return "video" if path.suffix.lower() in VIDEOS else "picture"


def _unknown(path: Path) -> str:
    """Return why `path` is nothing to read, or an empty string."""
    if path.is_dir():
        return f"there is no picture and no video in the folder {path}"
    if not path.exists():
        return f"there is no file {path}"
    if path.suffix.lower() not in PICTURES | VIDEOS:
        return f"{path} is neither a picture ({_listed(PICTURES)}) nor a video ({_listed(VIDEOS)}) by its name"
    return ""


def _listed(suffixes: set[str]) -> str:
    return " ".join(sorted(suffixes))


def _same(source: Path, target: Path) -> str:
    """Return the problem of writing over what is read, or an empty string."""
    if target.exists() and source.exists() and target.samefile(source):
        return f"the result would overwrite its own input {source}: give another --output"
    return ""


def _is_done(source: Path, target: Path) -> bool:
    """Tell whether a result is there and not older than its input; results are only ever whole."""
    return target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
