"""What the editor completes: NumPy's names with a line about each, and what an effect is given.

It's run in Pyodide with the site's own NumPy (`completions.py`), so that no name is offered that isn't there.
"""

from __future__ import annotations

import inspect
import re
import warnings
from types import ModuleType
from typing import Any

import numpy as np

from pyselfie.custom.controls import Color, Range
from pyselfie.custom.given import GIVEN_ABOUT

_LEFT_OUT = re.compile(
    r"_|load|save|from|set_?|get|show|test|may_|busday|is_busday|datetime|format_|poly|nested|mintype|typename|can_cast"
    r"|promote|require|bartlett|blackman|i0|info|kaiser|bmat|asmatrix|shares_|isfortran|iterable|printoptions|.*(file|txt|str|string)$"
)
"""Files, settings and questions about types: no picture has a use for them."""
_SPACES = ("linalg", "fft", "random")
_NEVER_SAID = {"self", "out", "like", "subok", "order", "where", "casting", "signature", "extobj"}
_LONGEST = 110
_BEGINNING = 400
"""Characters of a text in which it says that a name is old; below that it speaks of single parameters."""


def collected(examples: str = "") -> dict[str, Any]:
    """Return all lists.

    `numpy`: entries for ``np.``; `spaces`: those for each of its modules; `array`: those for an array; `given`: the
    parameters; `pyselfie`: what can be imported from there. An entry has `name`, `kind` (function, namespace, type,
    property, variable or constant), `detail` (its parameters, or what it is) and `about`, a line. What the text of the
    `examples` uses of NumPy is `usual`: it goes before the rest.
    """
    usual = set(re.findall(r"\bnp\.(\w+)", examples))
    return {
        "numpy": [entry | {"usual": entry["name"] in usual} for entry in _entries(np)],
        "spaces": {name: _entries(getattr(np, name)) for name in _SPACES},
        "array": _entries(np.ndarray),
        "given": [
            {"name": name, "kind": "variable", "detail": given.kind, "about": given.about}
            for name, given in GIVEN_ABOUT.items()
        ],
        "pyselfie": [_entry(item.__name__, item) for item in (Color, Range)],
    }


def _entries(holder: object) -> list[dict[str, str]]:
    names = [name for name in getattr(holder, "__all__", dir(holder)) if not _LEFT_OUT.match(name)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old names warn when they are looked at
        items = {name: _item(holder, name) for name in names}
    return [_entry(name, item) for name, item in sorted(items.items()) if _is_offered(name, item)]


def _item(holder: object, name: str) -> object:
    try:
        return getattr(holder, name, None)
    except ImportError:  # a module that the site leaves out
        return None


def _is_offered(name: str, item: object) -> bool:
    """Tell whether an effect may want it: what is computed with, and the types that have a size in their names."""
    if isinstance(item, ModuleType):
        return name in _SPACES
    if inspect.isclass(item):
        return re.fullmatch(r"(u?int|float)\d+|bool", name) is not None
    is_old = "deprecated" in (getattr(item, "__doc__", None) or "")[:_BEGINNING]
    return (callable(item) or isinstance(item, float) or inspect.isgetsetdescriptor(item)) and not is_old


def _entry(name: str, item: Any) -> dict[str, str]:
    if isinstance(item, float):
        return {"name": name, "kind": "constant", "detail": "", "about": str(item)}
    kind = "namespace" if isinstance(item, ModuleType) else "type" if inspect.isclass(item) else "function"
    if inspect.isgetsetdescriptor(item):
        kind = "property"
    return {"name": name, "kind": kind, "detail": _signature(item), "about": _line(item)}


def _signature(item: Any) -> str:
    """Return the first parameters, as “(a, axis, dtype, …)”."""
    try:
        parameters = inspect.signature(item).parameters.values()
        taken = [one.name for one in parameters if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}]
    except (TypeError, ValueError):
        taken = []
    if not taken:  # written in C: its text begins with them
        text = re.sub(r"\(\s*\(a1[^()]*\)", "(arrays", getattr(item, "__doc__", None) or "")
        said = re.match(r"\s*[\w.]+\(([^)]*)\)", text)
        taken = re.findall(r"(?:^|,)[\s\[*]*(\w+)", said[1]) if said else []
    taken = [one for one in taken if one not in _NEVER_SAID]
    if not taken:
        return ""
    return f"({', '.join(taken[:4])}{', …' if len(taken) > 4 else ''})"


def _line(item: Any) -> str:
    """Return the first sentence of a text, without what it takes."""
    text = inspect.cleandoc(getattr(item, "__doc__", None) or "")
    blocks = (" ".join(re.sub(r"={3,}", "", block).split()) for block in text.split("\n\n"))
    said = next((block for block in blocks if block and not re.match(r"[\w.]+\(.*\)$|\.\. ", block)), "")
    said = re.sub(r"`+|\*\*?|:\w+:", "", said.split(". ")[0].rstrip("."))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST].rpartition(' ')[0]} …"
