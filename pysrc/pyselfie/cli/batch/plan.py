"""From the inputs on the command line to a list of jobs: what is read, and where the result goes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pyselfie.cli.batch.record import Record
from pyselfie.cli.effect_choice import fingerprint
from pyselfie.cli.errors import UsageError, why
from pyselfie.cli.files import is_folder, mode_of
from pyselfie.cli.formats import ANIMATED, EXACT, PICTURES, VIDEOS, VIDEOS_WRITTEN, WITH_ALPHA

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


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
    record
        Where to note the result; None for one that has been given its own name.
    """

    source: Path
    target: Path
    kind: Literal["picture", "video"]
    problem: str = ""
    skip: bool = False
    record: Record | None = None


def plan(options: argparse.Namespace) -> list[Job]:
    """Return the jobs, in the order in which the inputs were given.

    Raises
    ------
    UsageError
        When several inputs shall go into one file, or the folder's record cannot be read.
    """
    output = Path(options.output)
    many = len(options.inputs) > 1 or any(is_folder(path) for path in options.inputs)
    if not (is_folder(output) or options.output.endswith(("/", "\\"))):
        if not many:
            return [plan_one(options.inputs[0], output)]
        if output.suffix.lower() in PICTURES | VIDEOS or mode_of(output):
            raise UsageError(f"{output} is one file, but there are many inputs: name a folder, as -o {output.stem}/")
    return _into_folder(options, output)


def plan_one(source: Path, target: Path) -> Job:
    """Return the job of one input that goes to a file of its own."""
    kind = _kind(source)
    writable = VIDEOS_WRITTEN if kind == "video" else PICTURES
    problem = _unknown(source)
    if not problem and target.suffix.lower() not in writable:
        problem = f"{target} cannot be written: a {kind} ends in {_listed(writable)}"
    return Job(source, target, kind, problem or _unwritable(source, target))


def _into_folder(options: argparse.Namespace, folder: Path) -> list[Job]:
    still, moving = (fingerprint(options, film=film) for film in (False, True))
    record = Record(folder, lambda source: moving if source.suffix.lower() in VIDEOS | ANIMATED else still)
    taken: dict[Path, Path] = {}
    jobs = []
    seen: set[str] = set()
    for source, place in _expanded(options.inputs, folder):
        real = os.path.realpath(source)
        if real in seen:
            continue
        seen.add(real)
        suffix = result_suffix(source, options)
        target = (folder / place).with_suffix(suffix)
        if target in taken and taken[target].name != source.name:  # photo.jpg and photo.png, to be masks
            target = target.with_name(f"{source.name}{suffix}")
        problem = _unknown(source)
        if not problem and taken.setdefault(target, source) != source:
            problem = f"{source} would overwrite the result of {taken[target]}: give it another name or another folder"
        problem = problem or _unwritable(source, target)
        skip = False
        if not problem and not options.overwrite:
            skip = record.has_same(source, target)
            problem = "" if skip else record.objection(source, target)
        jobs.append(Job(source, target, _kind(source), problem, skip, record))
    return jobs


def _expanded(inputs: list[Path], output: Path) -> Iterator[tuple[Path, Path]]:
    """Yield every input file and its place below the output folder."""
    for path in inputs:
        if not is_folder(path):
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


def result_suffix(source: Path, options: argparse.Namespace) -> str:
    """Return the suffix of a result that has no name yet: the input's, where that can hold it."""
    own, transparent = source.suffix.lower(), options.effect == "transparent"
    if options.format in (VIDEOS_WRITTEN if _kind(source) == "video" else PICTURES):
        return str(options.format)
    if _kind(source) == "video":
        return ".webm" if transparent else own if own in VIDEOS_WRITTEN else ".mp4"
    if (options.effect == "mask" and own not in EXACT) or (transparent and own not in WITH_ALPHA):
        return ".png"
    return own


def _kind(path: Path) -> Literal["picture", "video"]:
    return "video" if path.suffix.lower() in VIDEOS else "picture"


def _unknown(path: Path) -> str:
    """Return why `path` is nothing to read, or an empty string."""
    if is_folder(path):
        return f"there is no picture and no video in the folder {path}"
    try:
        path.stat()
    except FileNotFoundError:
        return f"there is no file {path}"
    except OSError as error:
        return f"{path} cannot be read: {why(error)}"
    if path.suffix.lower() not in PICTURES | VIDEOS:
        return f"{path} is neither a picture ({_listed(PICTURES)}) nor a video ({_listed(VIDEOS)}) by its name"
    return ""


def _listed(suffixes: set[str]) -> str:
    return " ".join(sorted(suffixes))


def _unwritable(source: Path, target: Path) -> str:
    """Return why `target` cannot be the result of `source`, or an empty string."""
    try:
        if target.samefile(source):
            return f"the result would overwrite its own input {source}: give another --output"
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{target} cannot be written: {why(error)}"
    return ""
