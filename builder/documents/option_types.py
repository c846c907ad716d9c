"""The table of options as TypeScript's declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from builder.documents.option_table import Option

_WRITTEN = {"number": "number | `${number}` | null", "flag": "Flag", "model": "Model | null", "text": "string | null"}
_PROPERTY = {"number": "number", "flag": "boolean", "model": "string | number | null", "text": "string | null"}
_GIVEN = {"number": "number", "flag": "boolean", "text": "string"}


def parts(options: Iterable[Option]) -> dict[str, str]:
    """Return the generated part of pyselfie_options.d.ts, by the name of its markers."""
    rows = list(options)
    element = [option for option in rows if "element" in option.ways]
    track = [option for option in rows if "track" in option.ways]
    changes = " | ".join(f'"{option.js_name}"' for option in rows if "change" in option.ways)
    model = next(option for option in rows if option.kind == "model")
    names = [str(number) for number in range(len(model.choices))]
    choices = [option for option in rows if option.kind == "choice"]
    blocks = [
        *(f"export type {_type(option)} = {_union(option.choices)};" for option in choices),
        'type Flag = boolean | "" | "true" | "false";',
        f"type Model = {' | '.join(names)} | {_union([*names, *model.choices])};",
        _interface(
            "SelfieAttributes", "The attributes as templates write them: JSX, Vue, Svelte.", element, _attribute
        ),
        _interface("SelfieProperties", "The attributes as properties; null takes one away.", element, _property),
        _interface("TrackOptions", "What `processTrack` takes.", track, _given),
        f"/** What can change while a track runs. */\nexport type TrackChanges = Pick<TrackOptions, {changes}>;",
    ]
    return {"options": "\n\n".join(blocks) + "\n"}


def _interface(name: str, help_: str, options: Iterable[Option], line: Callable[[Option], str]) -> str:
    lines = "".join(f"  /** {_sentence(option)} */\n{line(option)}" for option in options)
    return f"/** {help_} */\nexport interface {name} {{\n{lines}}}"


def _sentence(option: Option) -> str:
    detail = "" if option.kind in {"choice", "flag"} else f": {option.expected}"
    return f"{option.help[:1].upper()}{option.help[1:]}{detail}."


def _attribute(option: Option) -> str:
    kind = f"{_type(option)} | null" if option.kind == "choice" else _WRITTEN[option.kind]
    if option.name == "camera":
        kind = "string | boolean | null"
    names = dict.fromkeys((f'"{option.attribute}"' if "-" in option.attribute else option.attribute, option.js_name))
    return "".join(f"  {name}?: {kind};\n" for name in names)


def _property(option: Option) -> str:
    if option.name == "camera":  # JSX writes a bare `camera` as true
        return "  get camera(): string | null;\n  set camera(value: string | boolean | null | undefined);\n"
    return f"  {option.js_name}: {_PROPERTY.get(option.kind, 'string | null')};\n"


def _given(option: Option) -> str:
    choices = {"choice": _type(option), "model": f"number | {_union(option.choices)}"}
    return f"  {option.js_name}?: {(choices | _GIVEN)[option.kind]};\n"


def _type(option: Option) -> str:
    return option.js_name[0].upper() + option.js_name[1:]


def _union(choices: Iterable[str]) -> str:
    return " | ".join(f'"{choice}"' for choice in choices)
