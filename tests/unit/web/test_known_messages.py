"""What a page takes from an isolated worker: the protocol's messages, whole, and nothing besides."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from builder.paths import WEB
from pyselfie.browser.engine.user_effect import UserEffect
from pyselfie.custom.console import LONGEST_LINE, MOST_LINES
from pyselfie.custom.controls import LONGEST_NAME, LONGEST_TEXT, MOST_CONTROLS
from pyselfie.custom.live import LiveEffect
from tests.unit.web.test_protocol import fields, reachable, typescript_types

READ = """
import { readFileSync } from "node:fs";
globalThis.ImageBitmap = class { closed = 0; close() { this.closed++; } };
const { KNOWN, knownMessage } = await import(process.argv[1]);
const messages = JSON.parse(readFileSync(0, "utf8"));
const bitmap = new ImageBitmap();
const refused = knownMessage({ type: "composite", channel: {}, frame: bitmap });
console.log(JSON.stringify({
  known: Object.fromEntries([...KNOWN].map(([type, fields]) => [type, Object.keys(fields)])),
  read: messages.map(knownMessage),
  taken: knownMessage({ type: "composite", channel: 1, frame: new ImageBitmap(), more: 1 }) !== null,
  closed: [refused, bitmap.closed],
}));
"""
STATE: dict[str, Any] = {
    "kind": "effect",
    "controls": [{"name": "a", "kind": "flag", "default": True}],
    "values": {},
    "error": None,
    "running": None,
    "ms": None,
}
CONTROL = {"name": "a", "kind": "number", "default": 1, "low": 0, "high": 2, "step": 0.5, "whole": False}


def effect(**changes: Any) -> dict[str, Any]:
    return {"type": "effect", "channel": 1, "state": json.dumps(STATE | changes), "printed": None}


LETTERS = "a█\x01😀𓀀"
"""One that JSON writes as it is, one of six letters in ASCII, one of six anyway, and two of two for JavaScript."""


def largest(letter: str) -> list[dict[str, Any]]:
    """Return what an engine sends of an effect that prints, shows and is called as much as it can, of one letter."""
    live = LiveEffect()
    for _ in range(MOST_LINES):
        live.console.print(letter * (LONGEST_LINE + 1))
    name, text = "x" * (LONGEST_NAME - 2), letter * LONGEST_TEXT
    names = [f"{name}{number}" for number in range(10, 10 + MOST_CONTROLS)]
    texts = ", ".join(f"{one}: Literal[{text!r}] = {text!r}" for one in names)
    assert live.load(f"from typing import Literal\ndef effect(frame, mask, time, {texts}): ...")
    posted: list[Any] = []
    part: Any = SimpleNamespace(live=live)
    engine: Any = SimpleNamespace(_refused=None, _good=None, _told=None, _post=posted.append)
    UserEffect._tell_of(engine, part)
    function = letter * 5000 if letter.isidentifier() else "effect"
    live.load(f"def {function}(frame): ...")
    engine._refuse = lambda sentence: UserEffect._refuse(engine, sentence)
    UserEffect._tell_of(engine, part)
    return posted


GOOD = [
    {"type": "alive"},
    {"type": "progress", "loaded": 1, "total": 2.5, "text": "Downloading"},
    {"type": "frame", "channel": 3, "width": 4, "height": 5, "ms": 6},
    {"type": "error", "channel": 1, "code": "engine", "message": "No.", "action": None},
    effect(),
    effect(
        controls=[CONTROL, {"name": "b", "kind": "choice", "default": "c", "choices": ["c", "d"]}],
        values={"a": 1.5, "b": "d"},
        error={"message": "No.", "line": 3, "column": None},
        running="before",
        ms=0.25,
    ),
    {**effect(), "printed": json.dumps({"dropped": 0, "lines": ["a"]})},
    {"type": "reply", "channel": 1, "request": 7},
    *(message for letter in LETTERS for message in largest(letter)),
]
BAD = [
    None,
    "alive",
    ["alive"],
    {},
    {"type": "unheard"},
    {"type": "constructor"},
    {"type": ["alive"]},
    {"type": "alive", "channel": "1"},
    {"type": "progress", "loaded": "1", "total": 2, "text": ""},
    {"type": "progress", "loaded": 1, "total": 2, "text": "x" * 4001},
    {"type": "error", "code": "engine", "message": {"no": 1}, "action": None},
    {"type": "error", "code": "engine", "message": "No.", "action": "explode"},
    {"type": "gpucheck", "key": ["a"], "entry": "", "ifItDies": None},
    {"type": "composite", "channel": 1, "frame": {"width": 1}},
    {"type": "reply", "request": 1, "value": "<b>"},
    {"type": "reply", "request": 1, "value": {"width": 1, "height": 1, "data": [0]}},
    {"type": "effect", "state": "{", "printed": None},
    {"type": "effect", "state": "[]", "printed": None},
    {"type": "effect", "state": "null", "printed": None},
    effect(controls="abc"),
    effect(controls=[{"name": 1}]),
    effect(controls=[CONTROL] * 65),
    effect(controls=[CONTROL | {"kind": "file"}]),
    effect(controls=[CONTROL | {"default": {"a": 1}}]),
    effect(controls=[CONTROL | {"low": "0"}]),
    effect(controls=[CONTROL | {"step": None}]),
    effect(controls=[CONTROL | {"whole": 1}]),
    effect(controls=[CONTROL | {"choices": "abc"}]),
    effect(controls=[CONTROL | {"choices": ["a"] * 65}]),
    effect(values={"a": [1]}),
    effect(values={str(key): 1 for key in range(65)}),
    effect(kind="frame"),
    effect(running="after"),
    effect(ms="1"),
    effect(error="No."),
    effect(error={"message": "No.", "line": "3", "column": None}),
    effect(error={"message": "No.", "line": 3, "column": {}}),
    {**effect(), "printed": json.dumps({"dropped": 0, "lines": [1]})},
]


@pytest.mark.parametrize("letter", LETTERS)
def test_largest_messages_of_an_effect_are_large(letter: str) -> None:
    """All lines, all controls, and the sentence: else it proves nothing that they are taken."""
    first, refused, last = largest(letter)
    assert len(json.loads(first["printed"])["lines"]) == MOST_LINES
    assert len(json.loads(first["state"])["controls"]) == MOST_CONTROLS
    assert len(first["state"]) > 3 * MOST_CONTROLS * LONGEST_TEXT
    assert refused["message"].startswith(json.loads(last["state"])["error"]["message"][:100])


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return what Node says about all of them."""
    module = (WEB / "js/engine/known_messages.js").as_uri()
    command = ["node", "--input-type=module", "-e", READ, "--", module]
    messages = json.dumps(GOOD + BAD)
    return json.loads(subprocess.run(command, input=messages, capture_output=True, text=True, check=True).stdout)


def test_every_message_of_the_protocol_is_known(told: dict[str, Any]) -> None:
    """A message that a worker sends has a row there, with all of its fields; no row is left over."""
    types = typescript_types()
    expected: dict[str, set[str]] = {}
    for name in reachable({"FromWorker", "Ended", "Want"}):
        kind = types[name][1].get("type", "").strip('"')
        if kind:
            expected.setdefault(kind, set()).update(field.rstrip("?") for field in fields(name, types))
    assert {kind: set(names) for kind, names in told["known"].items()} == expected


def test_whole_messages_are_taken(told: dict[str, Any]) -> None:
    """They come out as they went in, without fields that nobody knows."""
    assert told["read"][: len(GOOD)] == GOOD
    assert told["taken"]


@pytest.mark.parametrize("index", range(len(BAD)))
def test_others_are_none(told: dict[str, Any], index: int) -> None:
    """Unknown types, other values than the protocol's, texts without end: nobody is told of them."""
    assert told["read"][len(GOOD) + index] is None, BAD[index]


def test_a_frame_of_a_refused_message_is_closed(told: dict[str, Any]) -> None:
    """Nobody else would."""
    assert told["closed"] == [None, 1]
