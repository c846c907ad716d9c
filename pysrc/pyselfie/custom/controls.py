"""Parameters of a user's effect that become controls: a slider, a switch, a choice, a colour, a text.

>>> from typing import Annotated, Literal
>>> def effect(
...     frame, mask, time,
...     strength: float = 0.5,  # a slider from 0 to 1
...     radius: Annotated[int, Range(1, 40)] = 8,
...     color: Color = Color("#3060C0"),
...     tint: Literal["warm", "cold"] = "warm",
...     inverted: bool = False,
... ): ...
>>> [control.as_dict()["kind"] for control in controls_of(effect)]
['number', 'number', 'color', 'choice', 'flag']
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from pyselfie.core.option import Option, OptionError, plain
from pyselfie.core.options import parse_color
from pyselfie.core.show import show_in_python
from pyselfie.custom.stopping import FROM_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

GIVEN = frozenset({"classes", "state", "aspect"})
"""Parameters that are no controls: the effect is given them."""
_KNOWN = 'float, int, bool, str, Color, Literal["a", "b"] of texts and Annotated[float, Range(low, high)]'
MOST_CONTROLS = 64
LONGEST_NAME = 100
LONGEST_TEXT = 1_000
"""Of a text, and of a choice's texts together: a page takes so much from an isolated worker (`known_messages.js`)."""
_LARGEST = 1e300
"""From 0 to twice a larger default there is no range in floating point."""


@dataclass(frozen=True)
class Range:
    """What a number may be: ``Annotated[float, Range(0, 1)]``.

    Without one a number's range follows from its default: 0..1 if it is in there (0..10 for an `int`), else from 0 to
    twice the default; for a negative one as far on both sides of 0.

    Parameters
    ----------
    low, high
        Both ends may be chosen.
    step
        What a slider moves by; 1 for an `int`, else a hundredth of the range unless given.

    Raises
    ------
    ValueError
        When there is no number from `low` to `high`, or too many for a slider, or the step leads nowhere.
    """

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high", "step"):
            object.__setattr__(self, name, plain(getattr(self, name)))  # a page cannot be told NumPy's scalars
        step = 0 if self.step is None else self.step
        if not all(type(value) in {int, float} for value in (self.low, self.high, step)):
            raise ValueError(f"{self._shown()} has to have numbers")
        if not -math.inf < self.low < self.high < math.inf:
            raise ValueError(f"{self._shown()} has to begin below its end")
        if self.low < -_LARGEST or self.high > _LARGEST:
            raise ValueError(f"{self._shown()} is too large for a slider")
        if self.step is not None and not 0 < self.step <= self.high - self.low:
            raise ValueError(f"the step of {self._shown()} is {show_in_python(self.step)}, which does not fit in")

    def _shown(self) -> str:
        ends = (str(end) if isinstance(end, float) else show_in_python(end) for end in (self.low, self.high))
        return f"Range({', '.join(ends)})"


class Color(NDArrayOperatorsMixin):
    """A colour, ``Color("#3060C0")``: in arithmetic it is float32 [3], red, green and blue in 0..255.

    Parameters
    ----------
    text
        ``"#RRGGBB"``.

    Raises
    ------
    OptionError
        A ValueError: when it is no colour.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        parse_color(text)
        self.text = text

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(parse_color(self.text), dtype or np.float32)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        arrays = (np.asarray(item) if isinstance(item, Color) else item for item in inputs)
        return getattr(ufunc, method)(*arrays, **more)

    def __iter__(self) -> Iterator[int]:
        return iter(parse_color(self.text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Color) and self.text.lower() == other.text.lower()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.text.lower())

    def __repr__(self) -> str:
        return f'Color("{self.text}")'


@dataclass(frozen=True)
class Control:
    """One parameter of an effect that can be set while it runs.

    Attributes
    ----------
    option
        Its name, kind, default and bounds; the sentences about wrong values are the options' own.
    step
        Of a number.
    whole
        Whether it is a number without a fraction.
    """

    option: Option
    step: float = 0.0
    whole: bool = False

    @property
    def name(self) -> str:
        """The parameter's."""
        return self.option.name

    @property
    def default(self) -> Any:
        """What the function is given unless something else is set."""
        return self.parse(self.option.default)

    def parse(self, value: Any) -> float | bool | str | Color:
        """Return `value` as the function is given it: float, int, bool, str or `Color`.

        Raises
        ------
        OptionError
            If it cannot be that: one sentence.
        """
        value = value.text if isinstance(value, Color) else value
        parsed = self.option.parse(value, shown=show_in_python)
        if self.option.kind == "color":
            return Color(parsed)
        if self.option.kind == "text" and len(parsed) > LONGEST_TEXT:
            raise OptionError(f"{self.name} has {len(parsed):,} letters, but it may have {LONGEST_TEXT:,}.")
        if self.option.kind != "number":
            return parsed  # type: ignore[no-any-return]
        if self.whole and parsed != int(parsed):
            expected = self.option.expected.replace("a number", "a whole number")
            raise OptionError(f"{self.name} is {parsed}, but it has to be {expected}.")
        return int(parsed) if self.whole else float(parsed)

    def read(self, text: str) -> float | bool | str | Color:
        """Return what a text of the command line stands for.

        Raises
        ------
        OptionError
            If it cannot be that: one sentence.
        """
        if self.option.kind == "flag":
            return self.parse({"true": True, "false": False}.get(text.strip().lower(), text))
        return self.parse(self.option.read(text))

    def as_dict(self) -> dict[str, Any]:
        """Return what a page needs to draw it, as JSON can hold it.

        Always `name`, `kind` (number, flag, choice, color, text) and `default`; of a number `low`, `high`, `step` and
        `whole`; of a choice `choices`; of a text `longest`, how many letters it may have.
        """
        described = {"name": self.name, "kind": self.option.kind, "default": self.option.default}
        if self.option.kind == "number":
            described |= {"low": self.option.low, "high": self.option.high, "step": self.step, "whole": self.whole}
        if self.option.kind == "choice":
            described["choices"] = list(self.option.choices)
        if self.option.kind == "text":
            described["longest"] = LONGEST_TEXT
        return described


def controls_of(function: Callable[..., Any]) -> tuple[Control, ...]:
    """Return the controls of a function's parameters, in their order.

    Those are the ones with a default, what the effect is given apart. A name that begins with an underscore, and a
    default of another type without an annotation, stay the function's own.

    Raises
    ------
    OptionError
        When an annotation is none of the known ones, or a default does not fit, or there is more than a page can show:
        one sentence.
    """
    found = (_control(parameter, function) for parameter in inspect.signature(function).parameters.values())
    controls = tuple(control for control in found if control is not None)
    if len(controls) > MOST_CONTROLS:
        raise OptionError(f"it has {len(controls)} parameters that can be set, and may have {MOST_CONTROLS}")
    return controls


def _control(parameter: inspect.Parameter, function: Callable[..., Any]) -> Control | None:
    name, default = parameter.name, parameter.default
    by_name = parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
    if not by_name or default is parameter.empty or name in GIVEN or name.startswith("_"):
        return None
    annotation, extras = _annotation(parameter, function)
    control = _made(name, annotation, default, next((item for item in extras if isinstance(item, Range)), None))
    if control is None and parameter.annotation is not parameter.empty:
        raise OptionError(f"the annotation of {name} is none that becomes a control; those are {_KNOWN}")
    if control is None:
        return None
    if len(name) > LONGEST_NAME:
        raise OptionError(f"the name {name[:20]}… has {len(name):,} letters, but it may have {LONGEST_NAME}")
    if (letters := len(", ".join(control.option.choices))) > LONGEST_TEXT:
        raise OptionError(f"the choices of {name} have {letters:,} letters, but they may have {LONGEST_TEXT:,}")
    plain = control.parse(default)
    return replace(control, option=replace(control.option, default=getattr(plain, "text", plain)))


def _annotation(parameter: inspect.Parameter, function: Callable[..., Any]) -> tuple[Any, tuple[Any, ...]]:
    """Return what a parameter is annotated with, or the type of its default, and what `Annotated` adds."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        return type(parameter.default), ()
    if isinstance(annotation, str):  # `from __future__ import annotations`
        scope = getattr(inspect.unwrap(function), "__globals__", {})
        try:
            annotation = eval(annotation, scope)  # noqa: S307 - the user's own text, which has just been run
        except FROM_OUTSIDE:
            raise
        except BaseException as error:
            raise OptionError(f"the annotation of {parameter.name} cannot be read: {error}") from error
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[0], get_args(annotation)[1:]
    return annotation, ()


def _made(name: str, annotation: Any, default: Any, bounds: Range | None) -> Control | None:
    """Return the control for an annotation, None if there is none; the default is not looked at but for bounds."""
    if annotation is float or annotation is int:
        whole = annotation is int
        bounds = bounds or _usual_range(name, default, whole=whole)
        step = bounds.step or (1 if whole else (bounds.high - bounds.low) / 100)
        return Control(Option(name, "number", default, "", (), low=bounds.low, high=bounds.high), step, whole)
    if annotation is bool:
        return Control(Option(name, "flag", default, "", ()))
    if annotation is Color:
        return Control(Option(name, "color", getattr(default, "text", default), "", ()))
    if annotation is str:
        return Control(Option(name, "text", default, "", (), text="a text"))
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    if choices and all(isinstance(choice, str) for choice in choices):
        return Control(Option(name, "choice", default, "", (), choices=choices))
    return None


def _usual_range(name: str, default: Any, *, whole: bool) -> Range:
    """Return the range of a number that has none of its own; a default that is no number is told later."""
    number = isinstance(default, (int, float))
    if number and _LARGEST < abs(default) < math.inf:
        raise OptionError(f"{name} is too large for a slider: give it a Range")
    number = number and math.isfinite(default)
    reach = 10.0 if whole else 1.0
    if number and abs(default) > reach:
        reach = 2.0 * abs(default)
    return Range(-reach if number and default < 0 else 0, int(reach) if whole else reach)
