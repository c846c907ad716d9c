"""Links that hold an effect: made and read by the page's module, in Node."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import zlib
from string import ascii_letters
from typing import Any

import pytest

from builder.paths import WEB

READ = """
import { readFileSync } from "node:fs";
const { toFragment, fromFragment } = await import(process.argv[1]);
const told = [];
for (const [way, given] of JSON.parse(readFileSync(0, "utf8"))) {
  const answer = way === "make" ? toFragment(given) : fromFragment(given);
  told.push(await answer.catch((error) => `${error.name}: ${error.message}`));
}
console.log(JSON.stringify(told));
"""
WORK = {
    "name": "größer",
    "source": "def effect(frame, mask, time):\n    return 255 - frame  # ünïcödé 🎥\n",
    "values": {},
}
VALUES = {"strength": 0.25, "on": True, "color": "#2060C0", "text": "Grüße"}


def ask(*asked: tuple[str, Any]) -> list[Any]:
    """Return what the module says to each, in one run of Node; an error as its name and sentence."""
    module = (WEB / "js/play/share.js").as_uri()
    command = ["node", "--input-type=module", "-e", READ, "--", module]
    return json.loads(
        subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout
    )


def made_of(data: bytes, version: int = 1) -> str:
    """Return a link's fragment that is whole, with this content."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    letters = base64.urlsafe_b64encode(packer.compress(data) + packer.flush()).decode().rstrip("=")
    return f"#effect={version}.{len(letters)}.{base36(zlib.crc32(letters.encode()))}.{letters}"


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def test_a_work_comes_back_as_it_was() -> None:
    """Text with any letters, the name and the values of the parameters; the fragment needs no escapes."""
    work = WORK | {"values": VALUES}
    [fragment] = ask(("make", work))
    assert fragment.isascii()
    assert set(fragment) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=")
    assert ask(("read", fragment), ("read", f"#{fragment}")) == [work, work]
    assert ask(("read", made_of(json.dumps(work).encode()))) == [work]


def test_other_fragments_are_none() -> None:
    """The page's own, and none at all, are no links to a work."""
    assert ask(("read", ""), ("read", "#code"), ("read", "#effects=1")) == [None, None, None]


def test_a_text_that_is_too_long_is_refused() -> None:
    """Beyond 16 kB a sentence says how long the link would be; what deflates well may be long, but not without end."""
    noise = "".join(random.Random(1).choices(ascii_letters, k=60_000))  # noqa: S311 - for no secret
    too_long, fine, endless = ask(
        ("make", WORK | {"source": noise}),
        ("make", WORK | {"source": "x = 1\n" * 20_000}),
        ("make", WORK | {"source": "x = 1\n" * 100_000}),
    )
    assert too_long.startswith("ShareError: The link would have ")
    assert "16 kB is the most" in too_long
    assert fine.startswith("effect=1.")
    assert endless.startswith("ShareError: The code has ")


def test_what_happened_to_a_link_is_one_sentence() -> None:
    """Cut, damaged, of a later version, a bomb, no work at all: each has its own."""
    [fragment] = ask(("make", WORK))
    changed = fragment[:-9] + ("A" if fragment[-9] != "A" else "B") + fragment[-8:]
    bomb = made_of(b"0" * 8_000_000)
    assert len(bomb) < 16_384
    cases = [
        (fragment[:-20], "The link was cut: "),
        (fragment[: len("effect=1.2")], "The link was cut: "),
        ("effect=", "The link is damaged"),
        (changed, "The link is damaged"),
        (fragment + "A", "The link is damaged"),
        (f"effect=1.{'9' * 400}.0.A", "The link is damaged"),
        (made_of(b"{")[:-1] + "!", "The link is damaged"),
        (made_of(b"\xff\xfe"), "The link is damaged"),
        (made_of(json.dumps({"name": "a", "source": 1, "values": {}}).encode()), "The link is damaged"),
        (made_of(json.dumps(WORK | {"values": {"a": {"b": 1}}}).encode()), "The link is damaged"),
        (made_of(json.dumps(WORK | {"values": dict.fromkeys(map(str, range(65)), 1)}).encode()), "The link is damaged"),
        (made_of(b"null"), "The link is damaged"),
        (made_of(b"", version=2), "The link was made by a newer version"),
        ("effect=3.what.ever", "The link was made by a newer version"),
        (bomb, "The link holds more than 256 kB"),
        ("effect=1.20000.0." + "A" * 20_000, "The link is longer than any"),
    ]
    told = ask(*(("read", given) for given, _ in cases))
    for answer, (given, start) in zip(told, cases, strict=True):
        assert str(answer).startswith(f"ShareError: {start}"), (given[:60], answer)
        assert str(answer).endswith((".", "is not opened."))


@pytest.mark.parametrize("values", [{}, VALUES])
def test_names_are_cut_to_a_length(values: dict[str, Any]) -> None:
    """A name of any length can be shared: its beginning is."""
    [fragment] = ask(("make", WORK | {"name": "n" * 300, "values": values}))
    assert ask(("read", fragment)) == [WORK | {"name": "n" * 100, "values": values}]
