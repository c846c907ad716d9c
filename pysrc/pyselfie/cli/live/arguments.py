"""The options for cameras and pipes, and what goes together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyselfie.cli.formats import PICTURES, VIDEOS_WRITTEN
from pyselfie.cli.remote import place
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.arguments import Parser

DASH = "-"
"""Standard input as an input, standard output as the output."""
PIXELS = ("rgb24", "bgr24")
"""How a pipe's frames may lie there, by FFmpeg's names."""
_MAX_SIDE = 16384  # 805 MB a frame: beyond that it is a slip
_MAX_RATE = 1000.0


def add_live(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument(
        "--webcam", nargs="?", const="0", metavar="CAMERA", help="show a window; number or name of the camera"
    )
    parser.add_argument(
        "--virtual-camera",
        nargs="?",
        const="",
        metavar="DEVICE",
        help="with --webcam: be a camera for other programs, and show no window",
    )
    parser.add_argument(
        "--pipe", metavar="PIXELS", help=f"raw frames from standard input to standard output: {' or '.join(PIXELS)}"
    )
    parser.add_argument("--watch", metavar="FOLDER", help="do the files of a folder as they come; Ctrl-C ends it")
    parser.add_argument("--size", metavar="WxH", help="of the pipe's frames, as 1280x720; of the webcam, if it has it")
    parser.add_argument("--rate", metavar="FPS", help="frames a second of the pipe; of the webcam, if it has it")


def check_live(options: argparse.Namespace) -> None:
    """Read the options' values, and refuse what does not go together.

    Raises
    ------
    ValueError
        One sentence.
    """
    _check_one_source(options)
    _check_watch(options)
    if options.virtual_camera is not None and options.webcam is None:
        raise ValueError("--virtual-camera shows what --webcam sees: add --webcam")
    if options.virtual_camera is not None and options.effect == "transparent":
        raise ValueError("--virtual-camera has no transparency: choose another effect than transparent")
    if options.pipe is not None and options.pipe not in PIXELS:
        raise ValueError(f"--pipe is {options.pipe!r}, but frames come as {' or '.join(PIXELS)}")
    if options.pipe is not None and options.size is None:
        raise ValueError("--pipe needs to know how large its frames are: add --size, as in --size 1280x720")
    if options.pipe is None and options.webcam is None:
        for flag, value in (("--size", options.size), ("--rate", options.rate)):
            if value is not None:
                raise ValueError(f"{flag} is for --pipe and --webcam: files say themselves what they are")
    options.size = None if options.size is None else _size(options.size)
    options.rate = None if options.rate is None else _rate(options.rate)
    _check_dashes(options)


def is_live(options: argparse.Namespace) -> bool:
    """Tell whether the work is not that of one file after the other."""
    dashes = options.output == DASH or any(str(path) == DASH for path in options.inputs)
    return dashes or options.webcam is not None or options.pipe is not None


def _check_one_source(options: argparse.Namespace) -> None:
    flags = [flag for flag in ("webcam", "pipe", "watch") if getattr(options, flag) is not None]
    if len(flags) > 1:
        raise ValueError(f"--{flags[0]} and --{flags[1]} do not go together: name one source of pictures")
    if not flags and not options.inputs:
        raise ValueError("nothing to do: name pictures, videos or folders, or use --webcam, --watch or --pipe")
    if options.webcam is not None and (options.inputs or options.output):
        raise ValueError("--webcam shows its pictures at once: it takes no files and no --output")
    if options.pipe is not None and (options.inputs or options.output):
        raise ValueError("--pipe reads standard input and writes standard output: it takes no files and no --output")
    if options.pipe is not None and options.json:
        raise ValueError("--json cannot be printed: --pipe writes its frames to standard output")
    if options.inputs and options.output is None:
        raise ValueError("say where the result goes: -o out.png, or -o folder/ for many files")


def _check_watch(options: argparse.Namespace) -> None:
    if options.watch is None:
        return
    if options.inputs:
        raise ValueError("--watch names its folder: it takes no other files")
    if options.output is None:
        raise ValueError("say where the results go: -o folder/")
    if options.output == DASH:
        raise ValueError("-o - is standard output, which takes one result, but --watch has many")
    options.inputs = [place(options.watch)]


def _check_dashes(options: argparse.Namespace) -> None:
    reads = any(str(path) == DASH for path in options.inputs)
    writes = options.output == DASH
    if reads and len(options.inputs) > 1:
        raise ValueError("- is standard input, which has to be the only input")
    if reads and options.output.endswith(("/", "\\")):
        raise ValueError(f"what comes from standard input has no name: name a file, as -o {options.output}out.png")
    if writes and len(options.inputs) > 1:
        raise ValueError("-o - is standard output, which takes one result, but there are many inputs")
    if writes and options.json:
        raise ValueError("--json cannot be printed: -o - writes the result to standard output")


def check_format(options: argparse.Namespace) -> None:
    """Turn `--format` into a suffix.

    Raises
    ------
    ValueError
        When nothing can be written as that: one sentence.
    """
    if options.format is None:
        return
    suffix = f".{options.format.lower().removeprefix('.')}"
    if suffix not in PICTURES | VIDEOS_WRITTEN:
        pictures, videos = (" ".join(sorted(name[1:] for name in kinds)) for kinds in (PICTURES, VIDEOS_WRITTEN))
        raise ValueError(
            f"--format is {options.format!r}, but pictures are written as one of {pictures}, and videos as {videos}"
        )
    options.format = suffix


def _size(text: str) -> Size:
    match = re.fullmatch(r"([0-9]{1,6})[xX]([0-9]{1,6})", text.strip())
    size = Size(int(match[1]), int(match[2])) if match else Size(0, 0)
    if not (1 <= size.width <= _MAX_SIDE and 1 <= size.height <= _MAX_SIDE):
        raise ValueError(
            f"--size is {text!r}, but it has to be width x height in pixels, 1 to {_MAX_SIDE} each, as in 1280x720"
        )
    return size


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= _MAX_RATE:
        raise ValueError(f"--rate is {text!r}, but it has to be frames a second, above 0 to {_MAX_RATE:g}, as in 25")
    return rate
