"""A custom effect: a plain function ``(frame, mask, time) -> frame``, on the desktop and in the browser.

One that has a parameter called `classes` is given what the multiclass model tells apart, too; it may have a default,
for the models that tell nothing apart.

>>> def quiet(frame, mask, time):
...     grey = frame.mean(axis=2, keepdims=True)
...     return (frame * mask[..., None] + grey * (1 - mask[..., None])).astype("uint8")
"""

from __future__ import annotations

import inspect
import traceback
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.core.classes import Classes

    Picture = NDArray[np.uint8]
    EffectFunction = Callable[..., Picture]


class CustomEffectError(Exception):
    """A user's effect cannot be loaded, raised, or returned no picture; the message is one sentence."""


class CustomEffect:
    """A user's function, guarded.

    Parameters
    ----------
    function
        Takes `frame`, uint8 [H, W, 3], RGB; `mask`, float32 [H, W] in 0..1; `time`, seconds since the first frame;
        and, if it has that parameter, `classes`, a mapping from names to float32 [H, W] (`core.classes.Classes`), or
        its own default where the model has none. The arrays are its own to change. Returns uint8 [H, W, 3], RGB, or
        [H, W, 4], straight RGBA.
    name
        What the messages call it.

    Attributes
    ----------
    takes_classes, wants_classes : bool
        Whether the function has that parameter, and whether it cannot do without.
    """

    def __init__(self, function: EffectFunction, name: str) -> None:
        self._function = function
        self._name = name
        parameter = _parameter(function, "classes")
        self.takes_classes = parameter is not None
        self.wants_classes = parameter is not None and parameter.default is parameter.empty

    def __call__(
        self, frame: Picture, mask: NDArray[np.float32], time: float, classes: Classes | None = None
    ) -> Picture:
        """Return the function's picture of one frame.

        Raises
        ------
        CustomEffectError
            When it raises, wants classes and there are none, or returns anything but a picture of the frame's size.
        """
        if self.wants_classes and classes is None:
            raise CustomEffectError(
                f"the effect {self._name} wants classes, which only the model multiclass tells apart"
            )
        more = {"classes": classes} if self.takes_classes and classes is not None else {}
        try:
            result = self._function(frame.copy(), mask.copy(), time, **more)
        except Exception as error:
            raise CustomEffectError(
                f"the effect {self._name} raised {type(error).__name__}: {error}{_place(error)}"
            ) from error
        self._check(result, frame.shape[:2])
        return np.ascontiguousarray(result)

    def _check(self, result: Any, size: tuple[int, ...]) -> None:
        if not isinstance(result, np.ndarray):
            raise CustomEffectError(f"the effect {self._name} returned {type(result).__name__}, not a NumPy array")
        if result.dtype != np.uint8:
            raise CustomEffectError(f"the effect {self._name} returned {result.dtype}, not uint8")
        if result.ndim != 3 or result.shape[:2] != size or result.shape[2] not in (3, 4):
            expected = f"({size[0]}, {size[1]}, 3) or ({size[0]}, {size[1]}, 4)"
            raise CustomEffectError(f"the effect {self._name} returned the shape {result.shape}, not {expected}")


def load_effect(source: str, function: str, file: str) -> CustomEffect:
    """Return the effect that Python source defines.

    Parameters
    ----------
    source
        The text of a Python file.
    function
        The function's name.
    file
        The file's name, for messages.

    Raises
    ------
    CustomEffectError
        When the source does not run, or has no such function.
    """
    scope: dict[str, Any] = {"__name__": "pyselfie_custom_effect", "__file__": file}
    try:
        exec(compile(source, file, "exec"), scope)  # noqa: S102 - running the user's own file is what this is for
    except Exception as error:
        raise CustomEffectError(f"{file} does not run: {type(error).__name__}: {error}{_place(error)}") from error
    found = scope.get(function)
    if not callable(found):
        raise CustomEffectError(f"{file} has no function {function}")
    return CustomEffect(found, f"{file}:{function}")


def _parameter(function: Callable[..., Any], name: str) -> inspect.Parameter | None:
    """Return the parameter that can be given by this name, if there is one."""
    try:
        found = inspect.signature(function).parameters.get(name)
    except ValueError:  # some built-in functions have none that could be read
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return found if found is not None and found.kind in named else None


def _place(error: Exception) -> str:
    """Return where in the user's file an error arose, led in by a comma."""
    if isinstance(error, SyntaxError):
        return ""  # its own text has the line
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return f", line {frames[0].lineno}" if frames else ""
