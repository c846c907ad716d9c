"""Every option, written once: what it is called, what it may be, and which ways in have it.

``python3 build.py generate`` writes this table to JavaScript, to its declarations and into the documents;
CONTRIBUTING.md says what a new option needs. Python and JavaScript make the same sentence out of it when a value is
wrong.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pyselfie.core.effects import EFFECTS
from pyselfie.core.option import Option, OptionError, Way, unknown_option
from pyselfie.core.show import show_in_python

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EDGES",
    "EFFECT_NAMES",
    "MODEL_NAMES",
    "MOST_SMOOTHING",
    "OPTIONS",
    "Option",
    "OptionError",
    "Options",
    "Way",
]
__all__ += ["option_named", "parse_changes", "parse_color", "way_in"]

EFFECT_NAMES = tuple(EFFECTS)
MODEL_NAMES = ("general", "landscape", "multiclass")
"""By `model_selection`."""
AUTO = len(MODEL_NAMES)
"""What `model_selection` is where the engine shall choose."""
_MODEL_CHOICES = (*MODEL_NAMES, "auto")
_MODEL_HELP = "which model finds the person: `general` is finer, `landscape` faster, `multiclass` finest and slow"
EDGES = ("refined", "raw")
MOST_SMOOTHING = 0.95
"""More would let a mask outlive its frame by a second."""


@dataclass(frozen=True)
class Options:
    """What decides how a picture is painted, validated. The table says what each one is.

    Raises
    ------
    OptionError
        If a value is not valid.
    """

    effect: str = "blur"
    color: str = "#00FF00"
    strength: float = 0.5
    mirror: bool = False
    edges: str = "refined"
    smoothing: float = 0.85
    decontaminate: bool = True
    light_wrap: float = 0.15
    colour_cast: float = 0.0
    platform_blur: str = "keep"
    mask_source: str = "model"
    framing: str = "off"

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = option_named(field.name).parse(getattr(self, field.name), shown=show_in_python)
            object.__setattr__(self, field.name, value)

    def updated(self, changes: Mapping[str, Any]) -> Options:
        """Return a copy with `changes` made; the keys are the attribute names.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not valid; `self` is untouched.
        """
        return dataclasses.replace(self, **changes)


def parse_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes for the engine by Python's names, each value parsed: of `Options`, and ``model_selection``.

    Parameters
    ----------
    changes
        By Python's or JavaScript's names.

    Raises
    ------
    OptionError
        If a name is unknown or a value is not valid; the sentence says that nothing has changed.
    """
    known = {name: option for option in way_in("engine") for name in (option.name, option.js_name)}
    parsed = {}
    for name, value in changes.items():
        if name not in known:
            raise OptionError(unknown_option(name, [option.name for option in way_in("engine")]))
        try:
            parsed[known[name].name] = known[name].parse(value, name)
        except OptionError as error:
            raise OptionError(f"{str(error).removesuffix('.')}; the last one stays.") from None
    return parsed


def parse_color(value: object) -> tuple[int, int, int]:
    """Return (red, green, blue), each 0..255, from a ``"#RRGGBB"`` string.

    Raises
    ------
    OptionError
        If `value` is anything else.
    """
    color = option_named("color").parse(value)
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def way_in(way: Way) -> tuple[Option, ...]:
    """Return the options of one way in, in the table's order."""
    return _BY_WAY[way]


def option_named(name: str) -> Option:
    """Return the first option that has this name in Python."""
    return _BY_NAME[name]


_PAGE: tuple[Way, ...] = ("element", "track", "change", "message", "address")
"""Whoever shows pictures in a page, without the demo."""

OPTIONS = (
    Option(
        "effect",
        "choice",
        Options.effect,
        "what is done with the picture",
        ("engine", "cli", "page", *_PAGE),
        EFFECTS,
        letter="e",
    ),
    Option(
        "background",
        "text",
        None,
        "what is behind the person",
        _PAGE,
        text="a CSS colour, or the URL of a picture or video",
    ),
    Option(
        "background",
        "text",
        None,
        "what the effect `picture` puts behind the person, cropped to cover; of an animation its first picture",
        ("cli",),
        text="the path of a picture",
    ),
    Option(
        "color", "color", Options.color, "of the person for `fill`, of the background for `color`", ("engine", "cli")
    ),
    Option(
        "strength",
        "number",
        Options.strength,
        "how strong the blur is",
        ("engine", "cli", "page", *_PAGE),
        effects=("blur",),
    ),
    Option(
        "model_selection",
        "model",
        AUTO,
        f"{_MODEL_HELP}; `auto` chooses",
        ("engine", "page", "element", "message", "address"),
        _MODEL_CHOICES,
        short="model",
    ),
    Option("model_selection", "model", 0, f"{_MODEL_HELP}; `auto` chooses", ("track", "change"), _MODEL_CHOICES),
    Option("model_selection", "model", 0, _MODEL_HELP, ("cli",), MODEL_NAMES, short="model", letter="m"),
    Option(
        "edges",
        "choice",
        Options.edges,
        "the mask's edge: `refined` follows the picture's, `raw` is the network's",
        ("engine", "cli", "page", *_PAGE),
        EDGES,
    ),
    Option(
        "smoothing",
        "number",
        Options.smoothing,
        "how much the mask before may count in a video where nothing moves; it needs `refined` edges",
        ("engine", "cli", "page", *_PAGE),
        high=MOST_SMOOTHING,
    ),
    Option("mirror", "flag", Options.mirror, "mirrors the person left to right", ("engine", "cli", "page", *_PAGE)),
    Option(
        "framing",
        "choice",
        Options.framing,
        "which part is shown: `off` all of it, `gentle` the part with the person, larger, which follows slowly",
        ("engine", "cli", "page", *_PAGE),
        ("off", "gentle"),
    ),
    Option(
        "decontaminate",
        "flag",
        Options.decontaminate,
        "takes the old background's colours out of the person's edge",
        ("engine", "cli", "page", *_PAGE),
        effects=("color", "picture", "blur", "transparent"),
    ),
    Option(
        "light_wrap",
        "number",
        Options.light_wrap,
        "how much light of the picture behind falls on the person's edge",
        ("engine", "cli", "page", *_PAGE),
        effects=("picture",),
    ),
    Option(
        "colour_cast",
        "number",
        Options.colour_cast,
        "how far the person's colours follow the picture behind",
        ("engine", "cli", "page", *_PAGE),
        high=0.1,
        effects=("picture",),
    ),
    Option(
        "platform_blur",
        "choice",
        Options.platform_blur,
        "where the camera blurs the background itself: `keep` shows its blur in the place of the effect `blur`, "
        "`off` asks it to stop",
        ("engine", "element", "track", "change"),
        ("keep", "off"),
    ),
    Option(
        "mask_source",
        "choice",
        Options.mask_source,
        "what a frame's mask comes from: `model`, or `auto`, which takes the camera's own where its frames bring one",
        ("engine", "element", "track", "change"),
        ("model", "auto"),
    ),
    Option(
        "effect_src",
        "text",
        None,
        "an effect in Python, instead of `effect`",
        ("element",),
        text="the URL of a `.py` file of this site",
    ),
    Option(
        "effect_source",
        "text",
        None,
        "an effect in Python, instead of `effect`",
        ("track",),
        text="its text, or the URL of a `.py` file of this site",
    ),
    Option(
        "src", "text", None, "what is shown", ("element", "message", "address"), text="the URL of a photo or a video"
    ),
    Option(
        "camera",
        "text",
        None,
        "shows a camera, whatever `src` is; it's asked for as soon as the element is in the page",
        ("element",),
        text="empty (the usual camera), `user`, `environment` or a device id",
    ),
    Option(
        "paused",
        "flag",
        False,
        "keeps the picture as it is; the camera stays open",
        ("element", "message", "address"),
    ),
    Option(
        "fit",
        "choice",
        "contain",
        "how the picture fills its place, as CSS `object-fit`",
        ("element", "message", "address"),
        ("contain", "cover", "fill", "none", "scale-down"),
    ),
    Option(
        "site",
        "text",
        None,
        "where pyselfie's files are, instead of `setSite()`; code is run from there",
        ("element", "track"),
        text="the URL of the folder with pyselfie's files",
    ),
    Option(
        "backend",
        "choice",
        "auto",
        "what runs the model",
        ("page", "element", "track", "address"),
        ("auto", "webgpu", "wasm"),
    ),
    Option(
        "painter",
        "choice",
        "auto",
        "what paints the picture",
        ("page", "element", "track", "address"),
        ("auto", "webgpu", "canvas2d"),
    ),
    Option(
        "isolated",
        "flag",
        False,
        "runs the engine where effects that others have written reach neither the page nor the network",
        ("element", "track"),
    ),
    Option(
        "on_failure",
        "choice",
        "freeze",
        "what is shown when the engine fails for good: the last composite, or grey; never the camera",
        ("track",),
        ("freeze", "placeholder"),
    ),
    Option(
        "stop_source",
        "flag",
        True,
        "whether `stop()` and `replaceSource()` stop the camera's track, too",
        ("track",),
    ),
    Option("release_when_muted", "flag", False, "whether the camera is off while the track is muted", ("track",)),
)

_BY_NAME = {option.name: option for option in reversed(OPTIONS)}
_BY_WAY: dict[Way, tuple[Option, ...]] = {
    way: tuple(option for option in OPTIONS if way in option.ways) for way in get_args(Way)
}
