"""The options of the command line."""

from __future__ import annotations

import argparse
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pyselfie import __version__
from pyselfie.cli.batch.arguments import add_batch, check_batch
from pyselfie.cli.live.arguments import add_live, check_format, check_live
from pyselfie.cli.own_effect import names_function, own_effect
from pyselfie.cli.remote import place, without_password
from pyselfie.core.effects import EFFECTS, options_of
from pyselfie.core.option import unknown_option
from pyselfie.core.options import EFFECT_NAMES, MODEL_NAMES, Option, OptionError, Options, way_in
from pyselfie.core.show import show
from pyselfie.runtimes.providers import parse_providers

if TYPE_CHECKING:
    from collections.abc import Callable

_EPILOG = """examples:
  pyselfie photo.jpg -o out.png --effect blur
  pyselfie photo.jpg -o out.jpg --effect color --color '#3060C0'
  pyselfie photo.jpg -o out.jpg --effect picture --background beach.jpg
  pyselfie holiday/ -o cut/ --effect transparent      a folder; run it again to go on where it stopped
  pyselfie talk.mp4 -o out.mp4 --effect blur --model landscape
  pyselfie photos/ -o masks/ --mask --workers 4       by four processes
  pyselfie photo.jpg -o out.png --effect-file my_effect.py --param strength=0.8
  pyselfie --webcam --effect blur                     q ends it
  pyselfie - -o - --mask < photo.jpg > mask.png       standard input and output
  pyselfie evaluate photos/ truth/                    measures masks: pyselfie evaluate --help says how

exit codes: 0 all is done, 1 some files failed or are incomplete, 2 the command is wrong, 130 stopped by Ctrl-C"""


class Parser(argparse.ArgumentParser):
    """A parser that can say what it takes.

    Attributes
    ----------
    actions : list of argparse.Action
        One for each argument, in the order in which they were added.
    """

    def __init__(self, **settings: Any) -> None:
        self.actions: list[argparse.Action] = []
        # `--colour` is a slip for `--color`, and no short form of `--colour-cast`
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """End the program with one sentence on one line, whatever the arguments in it are, but for their passwords."""
        super().error(without_password(re.sub(r"\s+", " ", message)))

    def add_argument(self, *names: Any, **settings: Any) -> argparse.Action:
        """Add an argument, as argparse does, and note it."""
        self.actions.append(super().add_argument(*names, **settings))
        return self.actions[-1]

    def add_to(self, group: Any, *names: Any, **settings: Any) -> argparse.Action:
        """Add an argument to one of the parser's groups, whose class has no public name, and note it."""
        self.actions.append(group.add_argument(*names, **settings))
        return self.actions[-1]


def parse(given: list[str] | None = None) -> argparse.Namespace:
    """Return the options; ends the program with one sentence and exit code 2 if they are wrong."""
    parser = _parser()
    unset = argparse.Namespace(**{_attribute(option): None for option in way_in("cli")})
    options, unknown = parser.parse_known_args(given, unset)
    if unknown:
        parser.error(_unknown(unknown, parser))
    if options.effect is not None and (options.mask or options.effect_file is not None):  # also where it is the default
        parser.error(f"argument --effect: not allowed with argument {'--mask' if options.mask else '--effect-file'}")
    named = _fill_in(options)
    try:
        check_live(options)
        check_batch(options)
        parse_providers(options.provider, "--provider")
        check_format(options)
        chosen = _engine_options(options)
        options.own = own_effect(options)
    except ValueError as error:
        parser.error(str(error).removesuffix("."))
    if idle := next((sentence for option in named if (sentence := _idle(option, chosen, options))), ""):
        parser.error(idle)
    options.model_selection = chosen.pop("model_selection")
    options.model = MODEL_NAMES[options.model_selection]
    options.effect_options = Options(**chosen)
    return options


def _fill_in(options: argparse.Namespace) -> list[Option]:
    """Set the options that the command line does not name to their defaults; return those that it names."""
    named = [option for option in way_in("cli") if getattr(options, _attribute(option)) is not None]
    for option in way_in("cli"):
        if option not in named:
            setattr(options, _attribute(option), option.default)
    if options.mask:
        options.effect = "mask"
    if options.effect_file is not None:
        options.effect = options.effect_file
    return named


def _idle(option: Option, chosen: dict[str, Any], options: argparse.Namespace) -> str:
    """Return why an option that was named would change nothing, or an empty string."""
    if option.name in {"effect", "model_selection"}:
        return ""
    if option.name not in options_that_matter(options.effect, chosen["framing"]):
        effects = [effect for effect in EFFECT_NAMES if option.name in options_that_matter(effect)]
        flag = option.flags[-1] if chosen.get(option.name) is False else option.flag
        alone = " without --framing gentle" if option.name in options_that_matter(options.effect, "gentle") else ""
        return f"{flag} is for --effect {' or '.join(effects)}, not for {options.effect}{alone}"
    if option.name == "smoothing" and chosen["smoothing"] and chosen["edges"] == "raw":
        return f"{option.flag} is {show(chosen['smoothing'])}, but raw edges cannot be smoothed"
    return ""


def options_that_matter(effect: str, framing: str = Options.framing) -> frozenset[str]:
    """Return the names of the options on which an effect depends, one of the user's own among them."""
    of_mask = {"edges", "smoothing"}
    if effect not in EFFECTS:
        return frozenset({"mirror", "framing", *of_mask})
    has_backdrop = any(draw.layer == "backdrop" for draw in EFFECTS[effect].draws)
    return options_of(effect) | ({"background"} if has_backdrop else set()) | (of_mask if framing != "off" else set())


def _engine_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the engine is told, each of which may be wrong; of an effect of one's own, mirror and model."""
    own = options.effect_file is not None or names_function(options.effect)
    chosen: dict[str, Any] = {"effect": "mask"} if own else {}
    for option in way_in("cli"):
        if option.kind == "text" or option.name in chosen:
            continue
        value = getattr(options, _attribute(option))
        value = option.read(value) if isinstance(value, str) else value
        try:
            chosen[option.name] = option.parse(value, option.flag)
        except OptionError as error:
            if option.name != "effect":
                raise
            raise OptionError(f"{str(error).removesuffix('.')}, or your own function as file.py:function.") from None
    return chosen


def _attribute(option: Option) -> str:
    """Return what argparse calls it."""
    return option.flag.removeprefix("--").replace("-", "_")


def _unknown(arguments: list[str], parser: Parser) -> str:
    flags = [name.partition("=")[0] for name in arguments if name.startswith("-")]
    if not flags:
        return f"unrecognized arguments: {' '.join(arguments)}"
    known = [action.option_strings[-1] for action in parser.actions if action.option_strings]
    return unknown_option(flags[0], known).removesuffix(".")


def _parser() -> Parser:
    parser = Parser(
        prog="pyselfie",
        description="Tell the person in pictures and videos from the background, on this computer.",
        epilog=_EPILOG,
    )
    parser.add_argument("inputs", nargs="*", type=place, metavar="INPUT", help="pictures, videos, folders of them")
    parser.add_argument("-o", "--output", metavar="PATH", help="file, or folder for many inputs (a/ makes one)")
    choose = partial(parser.add_to, parser.add_mutually_exclusive_group())
    for option in way_in("cli"):
        add_option(choose if option.name == "effect" else parser.add_argument, option)
    choose("--effect-file", metavar="FILE", help="do what your own Python file does, which defines one effect")
    parser.add_argument(
        "--param", action="append", metavar="NAME=VALUE", help="set a parameter of your own effect; may come often"
    )
    choose("--mask", action="store_true", help="write the mask itself: white where the person is")
    add_live(parser)
    parser.add_argument("--provider", metavar="NAME", help="what runs the model: cpu, cuda, coreml, directml or auto")
    parser.add_argument(
        "--format", metavar="SUFFIX", help="of what is written to a folder or to -: png, webp, mov, ..."
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="in a folder: do everything again, and replace any file"
    )
    add_batch(parser)
    parser.add_argument("--json", action="store_true", help="print a summary as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument("--version", action="version", version=f"pyselfie {__version__}")
    return parser


def add_option(add: Callable[..., argparse.Action], option: Option) -> argparse.Action:
    """Add a row of the table by `add`, which is a parser's `add_argument`, or a group's."""
    about = option.help.replace("`", "")
    if option.kind == "flag":
        if option.default:
            return add(option.flag, action=argparse.BooleanOptionalAction, default=True, help=f"{about} (default)")
        return add(*option.flags, action="store_true", help=about)
    usual = "" if option.default is None else f" (default: {_usual(option)})"
    own = ", or your own function as file.py:function" if option.name == "effect" else ""
    wanted = "" if option.kind == "text" else f": {option.expected}{own}"
    metavar = {"number": f"{option.low}..{option.high}", "color": "#RRGGBB", "text": "PICTURE"}
    kind = Path if option.kind == "text" else str
    return add(
        *option.flags,
        type=kind,
        default=option.default,
        metavar=metavar.get(option.kind),
        help=f"{about}{wanted}{usual}",
    )


def _usual(option: Option) -> str:
    if option.kind == "model":
        return MODEL_NAMES[option.default]
    return show(option.default) if option.kind == "number" else str(option.default)
