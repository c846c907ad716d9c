"""The options of ``pyselfie evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyselfie.cli.arguments import Parser, add_option
from pyselfie.cli.files import is_folder
from pyselfie.cli.formats import PICTURES, VIDEOS
from pyselfie.core.options import MODEL_NAMES, OptionError, way_in

if TYPE_CHECKING:
    import argparse

_EPILOG = """examples:
  pyselfie evaluate photos/ truth/                     photos/a.jpg against truth/a.png
  pyselfie evaluate photos/ truth/ --edges raw --csv raw.csv
  pyselfie evaluate talk.mp4 truth.mp4                 frame by frame, smoothed
  pyselfie evaluate frames/ alphas/ --clip             the same of folders, in the order of their names
  pyselfie evaluate talk.mp4                           without truth: how much the masks flicker
  pyselfie evaluate photos/ truth/ --masks others/     masks of another program

truth and masks are white where the person is; one that is transparent anywhere counts by its alpha
exit codes: 0 all is measured, 1 some pictures could not be, 2 the command is wrong, 130 stopped by Ctrl-C"""

_SEGMENTING = ("model_selection", "edges", "smoothing")
_OPTIONS = {option.name: option for option in way_in("cli")}


COMMAND = "evaluate"


def arguments_of(given: list[str]) -> list[str] | None:
    """Return the arguments of this command; None if it isn't the one that was given.

    It may stand behind some of its options, as in ``pyselfie -q evaluate``.
    """
    flags = {flag: action for action in _parser().actions for flag in action.option_strings}
    at = 0
    while at < len(given) and (action := flags.get(given[at].partition("=")[0])):
        at += 1 if action.nargs == 0 or "=" in given[at] else 2
    return [*given[:at], *given[at + 1 :]] if given[at : at + 1] == [COMMAND] else None


def parse(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options; ends the program with one sentence and exit code 2 if they are wrong.

    Beside what was given: `clip` is true for a video, too; `model` is a name and `smoothing` a number, or all three of
    `model`, `edges` and `smoothing` are None where masks are given.
    """
    parser = _parser()
    options = parser.parse_args(given)
    options.clip = options.clip or options.pictures.suffix.lower() in VIDEOS
    if options.truth is None and not options.clip:
        parser.error("name the truth, too: pyselfie evaluate PICTURES TRUTH (a clip alone is measured for its flicker)")
    sheet = options.contact_sheet
    if sheet is not None and sheet.suffix.lower() not in PICTURES:
        parser.error(f"--contact-sheet is {str(sheet)!r}, but it has to end in one of {' '.join(sorted(PICTURES))}")
    if options.csv is not None and options.csv.suffix.lower() != ".csv":
        parser.error(f"--csv is {str(options.csv)!r}, but it has to end in .csv")
    if options.truth is None and (sheet or options.csv):
        parser.error(f"{'--contact-sheet' if sheet else '--csv'} needs the truth: without it no frame has a score")
    try:
        _keep_inputs(options)
        _choose(options)
    except OptionError as error:
        parser.error(str(error).removesuffix("."))
    return options


def _keep_inputs(options: argparse.Namespace) -> None:
    """Refuse to write where is read: a result would replace an input, or be taken for one the next time."""
    for flag, written in (("--csv", options.csv), ("--contact-sheet", options.contact_sheet)):
        for read in (options.pictures, options.truth, options.masks):
            if written is not None and read is not None and written.resolve().is_relative_to(read.resolve()):
                where = f"lies in the folder {read}, which" if is_folder(read) else "is a file that"
                raise OptionError(f"{flag} {written} {where} is read: name another file.")


def _choose(options: argparse.Namespace) -> None:
    """Read what makes the masks."""
    given = {name: getattr(options, _OPTIONS[name].short or name) for name in _SEGMENTING}
    named = [_OPTIONS[name].flag for name, value in given.items() if value is not None]
    if options.masks is not None:
        if named:
            raise OptionError(f"{named[0]} is for masks that are made here, and --masks names others.")
        options.model = options.edges = options.smoothing = None
        return
    chosen = {}
    for name, value in given.items():
        option = _OPTIONS[name]
        chosen[name] = option.default if value is None else option.parse(option.read(value), option.flag)
    options.model, options.edges = MODEL_NAMES[chosen["model_selection"]], chosen["edges"]
    smoothed = options.clip and options.edges == "refined"
    if given["smoothing"] is not None and chosen["smoothing"] and not smoothed:
        what = "raw edges cannot be smoothed" if options.clip else "single pictures are not smoothed: add --clip"
        raise OptionError(f"--smoothing is {given['smoothing']}, but {what}.")
    options.smoothing = chosen["smoothing"] if smoothed else 0.0


def _parser() -> Parser:
    parser = Parser(prog="pyselfie evaluate", description="Measure masks against their truth.", epilog=_EPILOG)
    parser.add_argument("pictures", type=Path, metavar="PICTURES", help="a folder of pictures, a picture, or a video")
    parser.add_argument(
        "truth", type=Path, nargs="?", metavar="TRUTH", help="masks with the pictures' names, or a clip's in order"
    )
    parser.add_argument("--clip", action="store_true", help="a folder has the frames of one clip")
    parser.add_argument("--masks", type=Path, metavar="PATH", help="measure these masks instead of pyselfie's own")
    for name in _SEGMENTING:
        add_option(parser.add_argument, _OPTIONS[name])
    parser.set_defaults(model=None, edges=None, smoothing=None)  # so that what was given can be told
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each picture")
    parser.add_argument("--contact-sheet", type=Path, metavar="FILE", help="show the ten worst in a picture")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="draw no bars")
    return parser
