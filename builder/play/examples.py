"""The effects of examples/effects as the playground's chooser needs them."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

from builder.errors import BuildError
from builder.paths import ROOT, WEB

if TYPE_CHECKING:
    from pathlib import Path

EFFECTS = ROOT / "examples" / "effects"
NEW = WEB / "templates" / "new_effect.py"
"""What an effect of one's own begins with."""
_FIRST = "text_behind"
"""It shows at once what a mask is for, on a still portrait, too, and has a control of three kinds."""


def examples_json(folder: Path = EFFECTS) -> bytes:
    """Return `examples`, a list of `described` effects, the page's first one first; and `new`, one to begin with."""
    found = [described(path) for path in sorted(folder.glob("*.py"))]
    found.sort(key=lambda one: (one["name"] != _FIRST, one["title"]))
    return json.dumps({"examples": found, "new": described(NEW)}, ensure_ascii=False, indent=1).encode()


def described(path: Path) -> dict[str, Any]:
    """Return `name`, `title`, `about` (its docstring), `kind`, whether it wants `classes`, its `line`, `source`.

    Raises
    ------
    BuildError
        If the file has no docstring, or no effect.
    """
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    about = ast.get_docstring(tree)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    effects = [one for one in functions if one.args.args and one.args.args[0].arg in {"frame", "sample"}]
    if about is None or len(effects) != 1:
        raise BuildError(f"{path.name} needs a docstring and one effect: add what is missing.")
    [effect] = effects
    taken = [argument.arg for argument in effect.args.args]
    return {
        "name": path.stem,
        "title": path.stem.replace("_", " ").capitalize().replace("Ascii", "ASCII"),
        "about": about.partition("\n")[0],
        "kind": "overlay" if taken[0] == "sample" else "effect",
        "classes": "classes" in taken,
        "line": effect.lineno,
        "source": source,
    }
