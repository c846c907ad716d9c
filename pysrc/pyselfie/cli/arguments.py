"""The options of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from pyselfie import __version__
from pyselfie.cli.formats import PICTURES
from pyselfie.core.options import EFFECT_NAMES, OptionError, Options

MODELS = {"general": 0, "landscape": 1}

_EPILOG = """examples:
  pyselfie photo.jpg -o out.png --effect blur
  pyselfie photo.jpg -o out.jpg --effect color --color '#3060C0'
  pyselfie photo.jpg -o out.jpg --effect picture --background beach.jpg
  pyselfie holiday/ -o cut/ --effect transparent      a folder; run it again to go on where it stopped
  pyselfie talk.mp4 -o out.mp4 --effect blur --model landscape
  pyselfie *.jpg -o masks/ --mask
  pyselfie photo.jpg -o out.png --effect my_effect.py:func
  pyselfie --webcam --effect blur                     q ends it

exit codes: 0 all is done, 1 some files failed or are incomplete, 2 the command is wrong, 130 stopped by Ctrl-C"""


def parse(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options; ends the program with one sentence and exit code 2 if they are wrong."""
    parser = _parser()
    options = parser.parse_args(given)
    if options.mask:
        options.effect = "mask"
    if options.webcam is None and not options.inputs:
        parser.error("nothing to do: name pictures, videos or folders, or use --webcam")
    if options.webcam is not None and (options.inputs or options.output):
        parser.error("--webcam shows a window: it takes no files and no --output")
    if options.inputs and options.output is None:
        parser.error("say where the result goes: -o out.png, or -o folder/ for many files")
    if options.background is not None and options.effect != "picture":
        parser.error(f"--background is for --effect picture, not for {options.effect}")
    if options.format is not None and _suffix(options.format) not in PICTURES:
        known = " ".join(sorted(suffix.removeprefix(".") for suffix in PICTURES))
        parser.error(f"--format is {options.format!r}, but pictures are written as one of {known}")
    if options.effect not in EFFECT_NAMES and not _is_own(options.effect):
        parser.error(
            f"there is no effect {options.effect!r}: use {', '.join(EFFECT_NAMES)}, "
            "or a function of your own as file.py:function"
        )
    try:
        options.effect_options = Options(
            effect="mask" if _is_own(options.effect) else options.effect,
            color=options.color,
            strength=options.strength,
            mirror=options.mirror,
            model_selection=MODELS[options.model],
        )
    except OptionError as error:
        parser.error(str(error).partition(";")[0].rstrip("."))
    options.format = _suffix(options.format) if options.format else None
    return options


def _suffix(name: str) -> str:
    return f".{name.lower().removeprefix('.')}"


def _is_own(effect: str) -> bool:
    return ".py:" in effect


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pyselfie",
        description="Tell the person in pictures and videos from the background, on this computer.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="*", type=Path, metavar="INPUT", help="pictures, videos, folders of them")
    parser.add_argument("-o", "--output", metavar="PATH", help="file, or folder for many inputs (a/ makes one)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "-e",
        "--effect",
        default=Options.effect,
        help=f"{', '.join(EFFECT_NAMES)}, or your own function as file.py:function (default: %(default)s)",
    )
    what.add_argument("--mask", action="store_true", help="write the mask itself: white where the person is")
    parser.add_argument("-m", "--model", choices=MODELS, default="general", help="(default: %(default)s)")
    parser.add_argument(
        "--strength", type=float, default=Options.strength, metavar="0..1", help="of the blur (default: %(default)s)"
    )
    parser.add_argument("--color", default=Options.color, metavar="#RRGGBB", help="of effects fill and color")
    parser.add_argument("--background", type=Path, metavar="PICTURE", help="what effect picture puts behind")
    parser.add_argument("--mirror", action="store_true", help="mirror the person left to right")
    parser.add_argument(
        "--webcam", nargs="?", const="0", metavar="CAMERA", help="show a window; number or name of the camera"
    )
    parser.add_argument("--format", metavar="SUFFIX", help="of pictures written to a folder: png, jpg, webp, ...")
    parser.add_argument(
        "--overwrite", action="store_true", help="in a folder: do everything again, and replace any file"
    )
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument("--version", action="version", version=f"pyselfie {__version__}")
    return parser
