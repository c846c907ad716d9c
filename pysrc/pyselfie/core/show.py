"""Values as error messages show them: the same in Python as ``web/js/show.js`` does it, and a test compares them."""

from __future__ import annotations

import re

_LONGEST = 80
_JAVASCRIPT = {"dict": "Object", "list": "Array", "tuple": "Array"}


def show(value: object) -> str:
    """Return `value` on one line of at most about 80 characters, as JavaScript would write it."""
    if isinstance(value, str):
        return "“" + re.sub(r"\s+", " ", _shortened(value)) + "”"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _shortened(_number(value))
    kind = type(value).__name__
    return _shortened(f"[object {_JAVASCRIPT.get(kind, kind)}]")


def show_in_python(value: object) -> str:
    """Return `value` as Python writes it if it is neither text nor number, on one line; those as `show` does."""
    if isinstance(value, str) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return show(value)
    return show_repr(value)


def show_repr(value: object) -> str:
    """Return `value` as Python writes it, on one line of at most about 80 characters."""
    try:
        text = repr(value)
    except Exception:  # a value's own way of being shown can raise anything, and one nested too deeply has none
        text = f"[object {type(value).__name__}]"
    return re.sub(r"\s+", " ", _shortened(text))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - not a number
        return "NaN"
    if abs(value) == float("inf"):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    try:
        value = float(value)  # as JavaScript has a number
    except OverflowError:
        return "Infinity" if value > 0 else "-Infinity"
    digits, _, exponent = repr(value).partition("e")
    if exponent and 1e-6 <= abs(value) < 1:  # JavaScript writes these without an exponent
        sign, digits = ("-", digits[1:]) if value < 0 else ("", digits)
        return f"{sign}0.{'0' * (-int(exponent) - 1)}{digits.replace('.', '')}"
    return f"{digits}e{int(exponent):+}" if exponent else digits
