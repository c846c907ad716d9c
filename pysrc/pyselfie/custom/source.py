"""From a Python text to the effect that it defines."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pyselfie.custom.effect import TAKES, CustomEffect, parameters_of
from pyselfie.custom.errors import CustomEffectError, from_exception
from pyselfie.custom.stopping import FROM_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable

_WRITE = "write def effect(frame, mask, time) or def overlay(sample, mask, time)"


def load_effect(
    source: str, function: str | None = None, file: str = "effect.py", say: Callable[..., None] | None = None
) -> CustomEffect:
    """Return the effect that Python source defines.

    Parameters
    ----------
    source
        The text of a Python file.
    function
        The function's name. Without one it is the only function of the file that is an effect: its first parameter is
        called `frame` or `sample`, or its own name is `effect` or `overlay`; names that begin with an underscore are
        left alone.
    file
        The file's name, for messages.
    say
        What `print` is in there; Python's own without it.

    Raises
    ------
    CustomEffectError
        When the source does not run, or has no such function, or more than one.
    """
    scope: dict[str, Any] = {"__name__": "pyselfie_custom_effect", "__file__": file}
    if say is not None:
        scope["print"] = say
    try:
        code = compile(source, file, "exec", dont_inherit=True)
        exec(code, scope)  # noqa: S102 - running the user's own file is what this is for
    except FROM_OUTSIDE:
        raise
    except BaseException as error:
        raise from_exception(f"{file} does not run:", error, file) from error
    if function is None:
        return _only(source, scope, file)
    found = scope.get(function)
    if not callable(found):
        raise CustomEffectError(f"{file} has no function {function}")
    return CustomEffect(found, f"{file}:{function}", file)


def _only(source: str, scope: dict[str, Any], file: str) -> CustomEffect:
    if not source.strip():
        raise CustomEffectError(f"{file} is empty: {_WRITE}")
    own = {name: item for name, item in scope.items() if _is_from(item, file) and not name.startswith("_")}
    effects = [name for name, item in own.items() if name in {"effect", "overlay"} or _first(item) in _FIRST]
    if len(effects) > 1:
        names = f"{', '.join(effects[:-1])} and {effects[-1]}"
        line = own[effects[1]].__code__.co_firstlineno
        raise CustomEffectError(
            f"{file} has {len(effects)} effects, {names}: let the names of all but one begin with an underscore", line
        )
    if not effects:
        no = f"{file} has no effect: "
        if len(own) != 1:
            raise CustomEffectError(no + _WRITE)
        [(name, item)] = own.items()
        taken = ", ".join(parameters_of(item))
        raise CustomEffectError(f"{no}{name} takes ({taken}), but an effect takes {TAKES}", _line(item))
    return CustomEffect(own[effects[0]], f"{file}:{effects[0]}", file)


_FIRST = {"frame", "sample"}


def _is_from(item: Any, file: str) -> bool:
    return inspect.isfunction(item) and item.__code__.co_filename == file


def _first(function: Callable[..., Any]) -> str:
    return next(iter(parameters_of(function)), "").strip("_")


def _line(function: Any) -> int:
    return int(function.__code__.co_firstlineno)
