"""What an option is, and the sentences about wrong ones; `web/js/options.js` makes the same in JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pyselfie.core.show import show

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_HEX_COLOR = re.compile(r"#([0-9a-fA-F]{6})")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOST_LISTED, _NEAREST = 8, 5
_LONGEST_NAME = 40

Kind = Literal["choice", "model", "number", "flag", "color", "text"]
Way = Literal["engine", "cli", "page", "element", "track", "change", "message", "address"]
"""engine: `Options`, and what the page tells the worker; page: the demo's URL; element: attributes and properties;
track: `processTrack`; change: what its track can change later; message, address: the widget's."""


class OptionError(ValueError):
    """An option has a value that it cannot have; the message is one sentence for the user."""


@dataclass(frozen=True)
class Option:
    """One row of the table.

    Attributes
    ----------
    name : str
        Python's; JavaScript's, the attribute's and the flag's are derived from it.
    kind : str
        What its values are. ``"model"`` is a choice by name or by number; a ``"text"`` is judged by whoever uses it.
    default : object
        The same on every way in.
    help : str
        What it is, in a few words.
    ways : tuple of str
        Which ways in have it.
    choices : collection of str
        Of the kinds choice and model.
    low, high : float
        Of the kind number.
    text : str
        Of the kind text: what it has to be.
    short : str
        What command line and page URL call it, if not by `name`.
    letter : str
        Of the command line's flag.
    effects : tuple of str
        For which effects the page shows it; empty: for all.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    ways: tuple[Way, ...]
    choices: Collection[str] = ()
    low: float = 0
    high: float = 1
    text: str = ""
    short: str = ""
    letter: str = ""
    effects: tuple[str, ...] = ()

    @property
    def js_name(self) -> str:
        """JavaScript's name."""
        first, *rest = self.name.split("_")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def attribute(self) -> str:
        """Name in HTML and in the widget's address."""
        return self.name.replace("_", "-")

    @property
    def flag(self) -> str:
        """Name on the command line."""
        return "--" + (self.short or self.attribute)

    @property
    def flags(self) -> list[str]:
        """All names on the command line: a flag that is on by default has one more, which turns it off."""
        off = [f"--no-{self.attribute}"] if self.default is True else []
        return [*([f"-{self.letter}"] if self.letter else []), self.flag, *off]

    @property
    def expected(self) -> str:
        """What a value has to be, as the sentence about a wrong one says it."""
        match self.kind:
            case "choice":
                return f"one of {', '.join(self.choices)}"
            case "model":
                return " or ".join(f"{number} ({name})" for number, name in enumerate(self.choices))
            case "number":
                return f"a number from {show(self.low)} to {show(self.high)}"
            case "flag":
                return "true or false"
            case "color":
                return "a colour like #00FF00"
        return self.text

    def parse(self, value: Any, name: str = "", shown: Callable[[object], str] = show) -> Any:
        """Return `value` as it is used.

        Parameters
        ----------
        value
            What came, of any type; a scalar of NumPy's is as good as Python's own.
        name
            What the caller calls the option; Python's name without it.
        shown
            Writes a wrong value into the sentence.

        Raises
        ------
        OptionError
            If it cannot be that.
        """
        value = plain(value)
        if self.kind == "model" and isinstance(value, str) and value in self.choices:
            return list(self.choices).index(value)
        if not self._allows(value):
            raise OptionError(f"{name or self.name} is {shown(value)}, but it has to be {self.expected}.")
        return int(value) if self.kind == "model" else value

    def _allows(self, value: Any) -> bool:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        match self.kind:
            case "choice":
                return isinstance(value, str) and value in self.choices
            case "model":
                return number and value in range(len(self.choices))
            case "number":
                return number and self.low <= value <= self.high
            case "flag":
                return isinstance(value, bool)
            case "color":
                return isinstance(value, str) and _HEX_COLOR.fullmatch(value) is not None
        return isinstance(value, str)

    def read(self, text: str) -> float | str:
        """Return what a text stands for; one that is no number stays, so that the sentence about it can quote it."""
        if self.kind in {"number", "model"} and _DECIMAL.fullmatch(text.strip()):
            return float(text)
        return text


def plain(value: Any) -> Any:
    """Return Python's own number, truth value or text where `value` is a scalar of NumPy's, or like one."""
    is_scalar = getattr(value, "ndim", None) == 0 and hasattr(value, "item")
    return value.item() if is_scalar else value


def unknown_option(name: str, known: list[str]) -> str:
    """Return the sentence about an option that does not exist, where there are the `known` ones.

    It has all of a few names, and of many those that are written most alike, in the order of their likeness.
    """
    if len(known) <= _MOST_LISTED:
        return f"There is no option {show(name)}; the options are {', '.join(known)}."
    near = sorted(known, key=lambda one: _edits(name[:_LONGEST_NAME], one))[:_NEAREST]
    return f"There is no option {show(name)}; the nearest are {', '.join(near)}."


def _edits(name: str, other: str) -> int:
    """Return how many letters have to be put in, taken out or changed to make `other` of `name` (Levenshtein)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(name, 1):
        now = [row]
        for column, wanted in enumerate(other):
            now.append(min(now[column] + 1, before[column + 1] + 1, before[column] + (letter != wanted)))
        before = now
    return before[-1]
