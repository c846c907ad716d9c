"""The messages between page and Python are written twice, once for each language's type checker; they say the same."""

from __future__ import annotations

import ast
import re

import pytest

from builder.paths import ROOT

TYPESCRIPT = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("web/js/engine/protocol*.d.ts")))
PUBLIC = (ROOT / "web/types/pyselfie.d.ts").read_text(encoding="utf-8")
PYTHON = [
    node
    for path in ROOT.glob("pysrc/pyselfie/browser/protocol/*.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body
]
NOT_MESSAGES = {"Protocol", "TypedDict"}
TYPES = {"int": "number", "float": "number", "str": "string", "bool": "boolean", "None": "null"}


def typescript_types(text: str = TYPESCRIPT) -> dict[str, tuple[set[str], dict[str, str]]]:
    """Return of each interface the names that it extends, and the types of its fields; "?" ends an optional name."""
    found = {}
    for name, bases, body in re.findall(
        r"export interface (\w+)(?: extends ([\w, <>]+))? \{\n(.*?)^\}", text, re.DOTALL | re.MULTILINE
    ):
        fields = dict(re.findall(r"^  (\w+\??): (.+);$", body, re.MULTILINE))
        found[name] = (set(re.findall(r"\w+", bases)), fields)
    return found


def python_types() -> dict[str, tuple[set[str], dict[str, str]]]:
    """Return the same of each class."""
    found = {}
    for node in PYTHON:
        if isinstance(node, ast.ClassDef):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            bases = {ast.unparse(base) for base in node.bases} - NOT_MESSAGES
            found[node.name] = (bases, dict(map(as_typescript, fields)))
    return found


def as_typescript(field: ast.AnnAssign) -> tuple[str, str]:
    name, kind = ast.unparse(field.target), ast.unparse(field.annotation)
    optional = re.fullmatch(r"NotRequired\[(.*)\]", kind)
    kind = optional[1] if optional else kind
    kind = re.sub(r"Literal\[(.*?)\]", lambda found: found[1].replace("'", '"').replace(", ", " | "), kind)
    kind = kind.replace("dict[str, dict[str, float]]", "Record<string, { median: number; p95: number }>")
    kind = kind.replace("Bitmap |", "ImageBitmap |")
    return name + "?" * bool(optional), re.sub(r"\b\w+\b", lambda word: TYPES.get(word[0], word[0]), kind)


def typescript_unions() -> dict[str, set[str]]:
    """Return the members of each union."""
    return {
        name: set(re.findall(r"[A-Z]\w+", parts))
        for name, parts in re.findall(r"export type (\w+) =([^;]+);", TYPESCRIPT)
    }


def python_unions() -> dict[str, set[str]]:
    """Return the same."""
    return {
        ast.unparse(node.target): set(re.findall(r"\w+", ast.unparse(node.value)))
        for node in PYTHON
        if isinstance(node, ast.AnnAssign) and node.value
    }


def reachable(names: set[str]) -> set[str]:
    """Return the interfaces that these unions and interfaces lead to."""
    types, unions = typescript_types(), typescript_unions()
    found = set()
    for name in names:
        found |= reachable(types[name][0]) | {name} if name in types else reachable(unions[name])
    return found


def test_python_has_the_messages_that_it_reads_and_writes() -> None:
    """Each message to and from Python has a type in both files, and Python has no other."""
    assert reachable({"ToPython", "FromPython"}) == set(python_types())


@pytest.mark.parametrize("name", sorted(python_types()))
def test_messages_have_the_same_fields(name: str) -> None:
    """Names, types, what is optional, and what it extends are the same in both files."""
    assert python_types()[name] == typescript_types()[name]


@pytest.mark.parametrize("name", sorted(python_unions()))
def test_unions_have_the_same_members(name: str) -> None:
    """Who may be sent which message is the same in both files."""
    assert python_unions()[name] == typescript_unions()[name]


def fields(name: str, types: dict[str, tuple[set[str], dict[str, str]]]) -> set[str]:
    """Return the names of all fields of an interface, also those of what it extends."""
    bases, own = types[name]
    return set(own).union(*(fields(base, types) for base in bases if base in types)) - {"type"}


def test_what_the_page_is_told_has_the_public_types_fields() -> None:
    """`ready`, `model`, `backendchange` and `stats` are declared as they are sent, with what the page adds."""
    sent, public = typescript_types(), typescript_types(PUBLIC)
    told = {"dropped", "downloadedBytes"}
    assert fields("Running", public) == fields("Status", sent)
    assert fields("Statistics", public) == fields("Stats", sent) | told
    for message in ("Ready", "ModelChanged", "BackendChanged"):
        assert fields(message, sent) == fields("Status", sent)
    for event in ("ready: CustomEvent<Running & { startMs: number }>", "model: CustomEvent<Running>"):
        assert f"  {event};" in PUBLIC
    assert "  backendchange: CustomEvent<Running>;" in PUBLIC
