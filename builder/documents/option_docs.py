"""The table of options as tables of the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.documents.option_table import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.documents.option_table import Option, Way

_ON = {True: "on", False: "off"}


def parts(options: Iterable[Option], page: str) -> dict[str, str]:
    """Return the generated parts of one page of docs/, by the names of their markers."""
    makers = {"element": _element, "track": _track, "widget": _widget, "cli": _cli, "deploy": _page}
    return makers[page](list(options)) if page in makers else {}


def _element(options: list[Option]) -> dict[str, str]:
    def name(option: Option) -> str:
        other = "" if option.attribute == option.js_name else f"; property `{option.js_name}`"
        return f"`{option.attribute}`{other}"

    rows = [
        [name(one), one.help, _values(one, _switch(one, "on or off")), _usual(one)] for one in _of(options, "element")
    ]
    return {"attributes": _table(["attribute", "what it is", "value", "default"], rows)}


def _track(options: list[Option]) -> dict[str, str]:
    rows = [
        [
            f"`{option.js_name}`",
            option.help,
            _values(option, "true or false"),
            show(option.default) if option.kind == "flag" else _usual(option),
            "yes" if "change" in option.ways else "no",
        ]
        for option in _of(options, "track")
    ]
    return {"options": _table(["option", "what it is", "value", "default", "can change later"], rows)}


def _widget(options: list[Option]) -> dict[str, str]:
    address = [
        [
            f"`{option.attribute}`",
            option.help,
            _values(option, _switch(option, "on if present or `true`")),
            _usual(option),
        ]
        for option in _of(options, "address")
    ]
    message = [[f"`{option.js_name}`", _values(option, "true or false")] for option in _of(options, "message")]
    return {
        "address": _table(["name", "what it is", "value", "default"], address),
        "message": _table(["option", "value"], message),
    }


def _page(options: list[Option]) -> dict[str, str]:
    rows = [
        [
            f"`{one.short or one.attribute}`",
            one.help,
            _values(one, _switch(one, "on if present or `true`")),
            "by the source" if one.js_name == "mirror" else _usual(one),  # pages mirror cameras without it
        ]
        for one in _of(options, "page")
    ]
    return {"options": _table(["name", "what it is", "value", "default"], rows)}


def _cli(options: list[Option]) -> dict[str, str]:
    rows = [
        [
            ", ".join(f"`{flag}`" for flag in one.flags),
            one.help,
            "nothing" if one.kind == "flag" else _values(one, ""),
            _usual(one),
        ]
        for one in _of(options, "cli")
    ]
    return {"options": _table(["option", "what it is", "value", "default"], rows)}


def _switch(option: Option, plain: str) -> str:
    """Return how a flag is written in HTML or an address; of one that is on by default, how it is turned off."""
    return "off if `false`" if option.default is True else plain


def _of(options: list[Option], way: Way) -> list[Option]:
    return [option for option in options if way in option.ways]


def _values(option: Option, flag: str) -> str:
    match option.kind:
        case "choice":
            return ", ".join(f"`{choice}`" for choice in option.choices)
        case "model":
            return " or ".join(f"`{choice}` ({number})" for number, choice in enumerate(option.choices))
        case "number":
            return f"{show(option.low)} to {show(option.high)}"
        case "flag":
            return flag
        case "color":
            return "`#RRGGBB`"
    return option.text


def _usual(option: Option) -> str:
    """Return the default as the documents write it."""
    match option.kind:
        case "model":
            return f"`{list(option.choices)[option.default]}`"
        case "flag":
            return _ON[option.default]
        case "number":
            return show(option.default)
    return "none" if option.default is None else f"`{option.default}`"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("| --- ", "|---").replace("|--- |", "|---|")
