"""From the inputs on the command line to a list of jobs: what is read, and where the result goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

from pyselfie.cli.batch.record import Record
from pyselfie.cli.effect_choice import fingerprint
from pyselfie.cli.errors import UsageError, why
from pyselfie.cli.files import files_below, found, identity, is_below, is_folder, is_same, is_there, relative, stamp
from pyselfie.cli.formats import ANIMATED, EXACT, PICTURES, VIDEOS, VIDEOS_WRITTEN, WITH_ALPHA
from pyselfie.cli.remote import RemotePath, place

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pyselfie.cli.files import Place


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

    source: Place
    target: Place
    kind: Literal["picture", "video"]
    problem: str = ""
    skip: bool = False
    record: Record | None = None


def plan(options: argparse.Namespace, record: Record | None = None) -> list[Job]:
    """Return the jobs, in the order in which the inputs were given.

    Parameters
    ----------
    options
        The command line.
    record
        The output folder's, where it has been read; see `record_of`.

    Raises
    ------
    UsageError
        When several inputs shall go into one file, a file's name is not of the format asked for, or the folder's
        record cannot be read.
    """
    output = place(options.output)
    if isinstance(output, RemotePath) and output.is_web:
        raise UsageError(f"{output} cannot be written: a web server gives files and takes none")
    options.inputs = [path for given in options.inputs for path in found(given)]
    many = len(options.inputs) > 1 or any(is_folder(path) for path in options.inputs)
    if not (is_folder(output) or options.output.endswith(("/", "\\"))):
        if not many:
            check_name(options, output)
            return [plan_one(options.inputs[0], output)]
        if output.suffix.lower() in PICTURES | VIDEOS or is_there(output):
            raise UsageError(f"{output} is one file, but there are many inputs: name a folder, as -o {output.stem}/")
    return _into_folder(options, output, record or record_of(options, output))


def check_name(options: argparse.Namespace, output: Place) -> None:
    """Check that a result with a name of its own is not asked to be something else.

    Raises
    ------
    UsageError
        When it is: one sentence.
    """
    if options.format not in {None, output.suffix.lower()}:
        said = f"--format is {options.format[1:]}, but the result is called {output}"
        raise UsageError(f"{said}: leave --format out, as the name says what is written")


def plan_one(source: Place, target: Place) -> Job:
    """Return the job of one input that goes to a file of its own."""
    kind = _kind(source)
    writable = VIDEOS_WRITTEN if kind == "video" else PICTURES
    problem = _unknown(source)
    if not problem and target.suffix.lower() not in writable:
        problem = f"{target} cannot be written: a {kind} ends in {_listed(writable)}"
    return Job(source, target, kind, problem or _unwritable(source, target))


def record_of(options: argparse.Namespace, folder: Place) -> Record:
    """Return the record of a folder of results, for results with these settings.

    Raises
    ------
    UsageError
        When it cannot be read, or a file of the settings cannot.
    """
    still, moving = (fingerprint(options, film=film) for film in (False, True))
    return Record(folder, lambda source: moving if source.suffix.lower() in VIDEOS | ANIMATED else still)


def _into_folder(options: argparse.Namespace, folder: Place, record: Record) -> list[Job]:
    taken: dict[Place, Place] = {}
    jobs = []
    seen: set[str] = set()
    for source, below in expanded(options.inputs, folder):
        real = identity(source)
        if real in seen:
            continue
        seen.add(real)
        suffix = result_suffix(source, options)
        target = (folder / below).with_suffix(suffix)
        if target in taken and taken[target].name != source.name:  # photo.jpg and photo.png, to be masks
            target = target.with_name(f"{source.name}{suffix}")
        problem = _unknown(source)
        if not problem and taken.setdefault(target, source) != source:
            problem = f"{source} would overwrite the result of {taken[target]}: give it another name or another folder"
        problem = problem or _unwritable(source, target)
        skip = False
        if not problem and not options.overwrite:
            try:
                skip = record.has_same(source, target)
                problem = "" if skip else record.objection(source, target)
            except OSError as error:
                problem = f"{target} cannot be looked at: {why(error)}"
        jobs.append(Job(source, target, _kind(source), problem, skip, record))
    return jobs


def expanded(inputs: list[Place], output: Place) -> Iterator[tuple[Place, PurePath]]:
    """Yield every input file and its place below the output folder."""
    for path in inputs:
        if not is_folder(path):
            yield path, Path(path.name)
            continue
        files = [file for file in files_below(path) if file.suffix.lower() in PICTURES | VIDEOS]
        if not files:
            yield path, Path(path.name)
        has_results = is_below(output, path) and not is_below(path, output)
        for file in files:
            below = relative(file, path)
            hidden = any(part.startswith(".") for part in below.parts)
            if not hidden and not (has_results and is_below(file, output)):
                yield file, below


def result_suffix(source: Place, options: argparse.Namespace) -> str:
    """Return the suffix of a result that has no name yet: the input's, where that can hold it."""
    own, transparent = source.suffix.lower(), options.effect == "transparent"
    if options.format in (VIDEOS_WRITTEN if _kind(source) == "video" else PICTURES):
        return str(options.format)
    if _kind(source) == "video":
        return ".webm" if transparent else own if own in VIDEOS_WRITTEN else ".mp4"
    if (options.effect == "mask" and own not in EXACT) or (transparent and own not in WITH_ALPHA):
        return ".png"
    return own


def _kind(path: Place) -> Literal["picture", "video"]:
    return "video" if path.suffix.lower() in VIDEOS else "picture"


def _unknown(path: Place) -> str:
    """Return why `path` is nothing to read, or an empty string."""
    if is_folder(path):
        return f"there is no picture and no video in the folder {path}"
    try:
        stamp(path)
    except FileNotFoundError:
        return f"there is no file {path}"
    except OSError as error:
        return f"{path} cannot be read: {why(error)}"
    if path.suffix.lower() not in PICTURES | VIDEOS:
        return f"{path} is neither a picture ({_listed(PICTURES)}) nor a video ({_listed(VIDEOS)}) by its name"
    return ""


def _listed(suffixes: set[str]) -> str:
    return " ".join(sorted(suffixes))


def _unwritable(source: Place, target: Place) -> str:
    """Return why `target` cannot be the result of `source`, or an empty string."""
    try:
        if is_same(target, source):
            return f"the result would overwrite its own input {source}: give another --output"
    except OSError as error:
        return f"{target} cannot be written: {why(error)}"
    return ""
