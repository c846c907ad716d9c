"""Python values to JavaScript objects."""

from __future__ import annotations

from typing import Any

from js import Object
from pyodide.ffi import to_js


def js_object(**entries: Any) -> Any:
    """Return a plain JavaScript object with these entries."""
    return to_js(entries, dict_converter=Object.fromEntries)
