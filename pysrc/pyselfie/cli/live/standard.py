"""``-``: a picture or a video from standard input, or one to standard output; it is whole before it goes on.

FFmpeg and Pillow go back and forth in a file, which a pipe does not allow: what comes or goes lies in a temporary
folder meanwhile.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pyselfie.cli.batch.plan import check_name, plan_one, result_suffix
from pyselfie.cli.batch.workshop import Workshop
from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.cli.files import is_folder
from pyselfie.cli.live.arguments import DASH
from pyselfie.cli.live.streams import input_bytes, output_bytes, write_now
from pyselfie.cli.progress import Progress
from pyselfie.cli.remote import place
from pyselfie.extras import require

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import BinaryIO

    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.batch.results import Result

_PIECE = 1 << 20
_HEAD = 64
_PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"BM": ".bmp", b"II*\0": ".tif", b"MM\0*": ".tif"}
_EBML = b"\x1aE\xdf\xa3"  # the beginning of Matroska and WebM


def run_standard(options: argparse.Namespace, check: Callable[[], None], result: Result) -> None:
    """Take one picture or video from standard input, to standard output, or both; see `run_pipe`.

    Raises
    ------
    UsageError
        When standard input or output is closed, or a terminal, or a folder takes its place; when the result's name is
        not of the format asked for.
    MissingExtraError
        When what is needed for this kind of file is not installed.
    ReaderGoneError
        When nobody reads the result.
    """
    given = options.inputs[0]
    source_bytes = input_bytes() if str(given) == DASH else None
    target_bytes = output_bytes() if options.output == DASH else None
    ends = [end for end, stream in ((given, source_bytes), (place(options.output), target_bytes)) if stream is None]
    for end in filter(is_folder, ends):
        raise UsageError(f"{end} is a folder, but standard input and standard output are one file: name a file")
    if target_bytes is None:
        check_name(options, place(options.output))
    with tempfile.TemporaryDirectory(prefix="pyselfie-") as folder:
        try:
            source = given if source_bytes is None else _received(source_bytes, Path(folder))
            made = Path(folder, f"standard output{result_suffix(source, options)}")
            _do(plan_one(source, made if target_bytes else place(options.output)), options, check, result)
            if target_bytes is not None and result.status != "failed":
                _send(made, target_bytes)
        except FileError as error:
            result.status, result.error = "failed", str(error)
        result.error = _in_words(result.error, folder)


def _do(job: Job, options: argparse.Namespace, check: Callable[[], None], result: Result) -> None:
    """Do the job and fill in the result."""
    if job.problem:
        raise FileError(job.problem)
    require(*(("av", "video", "reading videos") if job.kind == "video" else ("PIL", "cli", "reading pictures")))
    with (
        closing(Progress(1, quiet=options.quiet or options.json, check=check)) as progress,
        closing(Workshop(options)) as workshop,
    ):
        outcome = workshop.do(job, progress)
    result.status, result.pictures, result.error = outcome.status, outcome.pictures, outcome.error


def _received(stream: BinaryIO, folder: Path) -> Path:
    """Return a file with all of standard input; its suffix is of what the content is."""
    try:
        head = stream.read(_HEAD)
        path = folder / f"standard input{_suffix_of(head)}"
        with path.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(stream, file, _PIECE)
    except OSError as error:
        raise FileError(f"standard input cannot be kept in {folder}: {why(error)}") from error
    if not head:
        raise FileError("standard input is empty: no picture and no video came")
    return path


def _send(path: Path, stream: BinaryIO) -> None:
    with path.open("rb") as made:
        while piece := made.read(_PIECE):
            write_now(stream, piece)


def _suffix_of(head: bytes) -> str:
    """Return the suffix of a picture or a video that begins with these bytes; what is unknown may be a video."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head.startswith(_EBML):
        return ".webm" if b"webm" in head else ".mkv"
    if head[4:8] == b"ftyp":
        return ".mov" if head[8:12] == b"qt  " else ".mp4"
    return next((suffix for sign, suffix in _PICTURES.items() if head.startswith(sign)), ".ts")


def _in_words(sentence: str, folder: str) -> str:
    """Return a sentence in which the files of the temporary folder are the streams that they stand for."""
    return re.sub(rf"{re.escape(folder + os.sep)}(standard (?:input|output))\.\w+", r"\1", sentence)
