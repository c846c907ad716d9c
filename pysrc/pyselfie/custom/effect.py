"""A custom effect: a plain function of a frame, its mask and the time, on the desktop and in the browser.

What its first parameter is called decides how it runs:

>>> import numpy as np
>>> def effect(frame, mask, time):  # arrays of full size; any picture of that size comes back
...     grey = frame.mean(axis=2, keepdims=True)
...     return (frame * mask[..., None] + grey * (1 - mask[..., None])).astype(np.uint8)
>>> def overlay(sample, mask, time):  # arrays of the mask's size; RGBA comes back, and is drawn over the frame
...     return np.dstack([sample, np.uint8(255 * (1 - mask))])

Parameters of certain names are given besides: `classes`, `state`, `aspect`. Others with a default become controls.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pyselfie.core.option import OptionError, unknown_option
from pyselfie.core.show import show
from pyselfie.custom.controls import GIVEN, controls_of
from pyselfie.custom.errors import CustomEffectError, from_exception
from pyselfie.custom.result import check_overlay, check_picture
from pyselfie.custom.stopping import FROM_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from pyselfie.core.classes import Classes
    from pyselfie.custom.controls import Control

    Picture = NDArray[np.uint8]
    EffectFunction = Callable[..., Picture]

_PLACES = ({"frame", "sample"}, {"mask"}, {"time"})
_NAMES = set().union(*_PLACES)
TAKES = "(frame, mask, time) or (sample, mask, time)"
"""What an effect takes, for sentences."""


class CustomEffect:
    """A user's function, guarded.

    Parameters
    ----------
    function
        Takes `frame`, uint8 [H, W, 3], RGB; `mask`, float32 [H, W] in 0..1; `time`, seconds since the first frame. It
        returns uint8 [H, W, 3], RGB, or [H, W, 4], straight RGBA.
        Or, if its first parameter is called `sample`, it is an overlay: it takes sample and mask of the mask's size,
        [h, w], whatever the frame's shape is, and returns uint8 [h, w, 4], straight RGBA, to be drawn over the frame.
        The arrays are its own to change. By name it is given besides, if it has such a parameter:

        - `classes`, a mapping from names to float32 of the mask's shape (`core.classes.Classes`), or the parameter's
          own default where the model has none;
        - `state`, a dict that is the same from frame to frame: empty at first, and emptied by `reset` and by a frame
          of another size, so that all arrays that it holds are of one size;
        - `aspect`, the frame's width over its height: what a sample of another shape has to be thought stretched to.
    name
        What the messages call it.
    file
        The name that its text was compiled with.

    Attributes
    ----------
    name : str
        As given.
    kind : str
        ``"effect"`` or ``"overlay"``.
    controls : tuple of Control
        What can be set.
    takes_classes, wants_classes : bool
        Whether the function has that parameter, and whether it cannot do without.

    Raises
    ------
    CustomEffectError
        When its parameters are none that an effect can have.
    """

    def __init__(self, function: EffectFunction, name: str, file: str = "") -> None:
        self.name = name
        self._function, self._file = function, file
        self._state: dict[Any, Any] = {}
        self._shape: tuple[int, ...] = ()
        parameters = parameters_of(function)
        self._refuse_odd()
        self._check_parameters(parameters)
        first = next(iter(parameters), "")
        self.kind: Literal["effect", "overlay"] = "overlay" if first.strip("_") == "sample" else "effect"
        given = {key for key in GIVEN if key in parameters and _is_named(parameters[key])}
        self._given = given
        self.takes_classes = "classes" in given
        self.wants_classes = self.takes_classes and parameters["classes"].default is inspect.Parameter.empty
        try:
            self.controls: tuple[Control, ...] = controls_of(function) if parameters else ()
        except OptionError as error:
            raise self._wrong(str(error).removesuffix(".")) from None
        self._values = {control.name: control.default for control in self.controls}

    def _refuse_odd(self) -> None:
        """Refuse what a call would not run."""
        if inspect.iscoroutinefunction(self._function) or inspect.isasyncgenfunction(self._function):
            raise self._wrong("it is async, and has to be a plain function")
        if inspect.isgeneratorfunction(self._function):
            raise self._wrong("it has a yield, and has to return its picture")

    def _check_parameters(self, parameters: Mapping[str, inspect.Parameter]) -> None:
        places = [one for one in parameters.values() if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
        enough = len(places) >= 3 or any(one.kind is one.VAR_POSITIONAL for one in parameters.values())
        pairs = zip(places, _PLACES, strict=False)
        misplaced = any((word := one.name.strip("_")) in _NAMES and word not in right for one, right in pairs)
        if parameters and (misplaced or not enough):
            taken = ", ".join(parameters)
            raise self._wrong(f"it takes ({taken}), but an effect takes {TAKES}, in this order, and then controls")
        for one in [*places[3:], *(one for one in parameters.values() if one.kind is one.KEYWORD_ONLY)]:
            if one.default is one.empty and not (one.name in GIVEN and _is_named(one)):
                raise self._wrong(
                    f"the parameter {one.name} has no default: give it one, as in {one.name}: float = 0.5"
                )

    def _wrong(self, what: str) -> CustomEffectError:
        code = None
        with suppress(ValueError):  # a function can be made to wrap itself
            code = getattr(inspect.unwrap(self._function), "__code__", None)
        line = code.co_firstlineno if code is not None and code.co_filename == self._file else None
        return CustomEffectError(f"the effect {self.name} cannot run: {what}", line)

    @property
    def values(self) -> dict[str, Any]:
        """What the controls are set to, by their names."""
        return dict(self._values)

    def set(self, values: Mapping[str, Any]) -> None:
        """Set controls; all of them, or none if one cannot be set.

        Raises
        ------
        OptionError
            When there is no such control, or a value is none that it can have: one sentence.
        """
        known = {control.name: control for control in self.controls}
        for name in values:
            if name not in known:
                if not known:
                    raise OptionError(f"the effect {self.name} has no parameters to set: there is no {show(name)}.")
                raise OptionError(unknown_option(name, list(known)).replace("option", "parameter"))
        self._values |= {name: known[name].parse(value) for name, value in values.items()}

    def reset(self) -> None:
        """Empty the state: other pictures begin."""
        self._state = {}

    def __call__(
        self,
        picture: Picture,
        mask: NDArray[np.float32],
        time: float,
        classes: Classes | None = None,
        *,
        aspect: float | None = None,
    ) -> Picture:
        """Return the function's picture of one frame, or its overlay of one sample.

        Parameters
        ----------
        picture
            uint8 [H, W, 3]: the frame, or the sample of an overlay.
        mask
            float32 [H, W] in 0..1.
        time
            Seconds since the first frame.
        classes
            Of the same size.
        aspect
            The frame's; the picture's own without it.

        Raises
        ------
        CustomEffectError
            When it raises, wants classes and there are none, or returns anything but what it has to.
        """
        if self.wants_classes and classes is None:
            raise CustomEffectError(
                f"the effect {self.name} wants classes, which only the model multiclass tells apart"
            )
        if picture.shape != self._shape:
            self._shape = picture.shape
            self.reset()
        height, width = picture.shape[:2]
        given = {"classes": classes, "state": self._state, "aspect": aspect or width / height}
        more = {name: given[name] for name in self._given if given[name] is not None}
        try:
            result = self._function(picture.copy(), mask.copy(), time, **self._values, **more)
        except FROM_OUTSIDE:
            raise
        except BaseException as error:  # exit() in an effect must not end what runs it
            raise from_exception(f"the effect {self.name} raised", error, self._file) from error
        check = check_overlay if self.kind == "overlay" else check_picture
        if wrong := check(result, (height, width)):
            raise CustomEffectError(f"the effect {self.name} returned {wrong}")
        return np.ascontiguousarray(result)


def _is_named(parameter: inspect.Parameter) -> bool:
    return parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the function's parameters by their names; none where a function, such as a built-in one, tells of none.

    Raises
    ------
    CustomEffectError
        When it has a `__signature__` that is none.
    """
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}
    except FROM_OUTSIDE:
        raise
    except BaseException as error:  # a `__signature__` of the user's own can raise anything
        name = getattr(function, "__name__", "the effect")
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", None)
        raise CustomEffectError(f"the parameters of {name} cannot be read: {error}", line) from error
