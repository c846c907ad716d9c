"""The user's own effect as the command line names it: ``--effect-file``, ``--effect file.py:function``, ``--param``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True)
class OwnEffect:
    """Which effect, and what its parameters are set to.

    Attributes
    ----------
    name
        As the user wrote it.
    file, function
        Where it is; without a function it is the only effect of the file.
    parameters
        The texts by the parameters' names.
    """

    name: str
    file: Path
    function: str | None
    parameters: dict[str, str]


def names_function(effect: str) -> bool:
    """Tell whether ``--effect`` has got a file and its function."""
    return ".py:" in effect


def own_effect(options: argparse.Namespace) -> OwnEffect | None:
    """Return the user's own effect; None where it is one of pyselfie's.

    Raises
    ------
    ValueError
        When the parameters cannot be read, or are there for nothing: one sentence.
    """
    parameters: dict[str, str] = {}
    for given in options.param or []:
        name, equals, text = given.partition("=")
        if not (equals and name.strip()):
            raise ValueError(f"--param is {given!r}, but it has to be a name and a value, as in strength=0.8")
        if parameters.setdefault(name.strip(), text) != text:
            raise ValueError(f"--param sets {name.strip()} twice")
    if options.effect_file is not None:
        if not options.effect_file.endswith(".py"):
            raise ValueError(f"--effect-file is {options.effect_file!r}, but it has to be a Python file, as effect.py")
        return OwnEffect(options.effect_file, Path(options.effect_file), None, parameters)
    if names_function(options.effect):
        file, _, function = options.effect.rpartition(":")
        return OwnEffect(options.effect, Path(file), function, parameters)
    if parameters:
        raise ValueError(f"--param is for an effect of your own, as --effect-file names it, not for {options.effect}")
    return None
