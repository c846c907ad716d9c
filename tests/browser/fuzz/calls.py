"""Calls on everything that a page may call, with arguments of all kinds: made from a seed, run by the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.core.options import way_in

if TYPE_CHECKING:
    from random import Random

THINGS = """undefined nan infinity -infinity -0 symbol bigint function throws revoked cyclic bitmap closed-bitmap blob
canvas empty-canvas image-data frame closed-frame track ended-track sound element window date map buffer bare promise
url long video image""".split()
"""What JSON cannot say; the page makes them."""
EFFECTS = [
    "def effect(frame, mask, time): return frame",
    "def overlay(sample, mask, time, x: float = 0.5): return None",
    "def effect(frame, mask, time):\n    return 1 / 0",
    "def effect(",
    "raise SystemExit",
    "\ud800",
    "missing.py",
]
TEXTS = (
    "blur fill raw refined true false #102030 0.5 1 nan samples/astronaut.jpg missing.jpg data:, blob:nothing".split()
)
TEXTS += ["", " ", "x" * 300, "a\nb", "é😀\0", "samples/", "constructor", "__proto__", *EFFECTS]
NUMBERS: list[Any] = [0, 1, -1, 0.5, 1.5, 4, 1e21, -1e-9, 2**53, 30]
"""Neither 2 nor 3 is among them: those models would be loaded."""
UNTOUCHED = {"isolated", "site"}
"""They make other workers, or ask other servers."""
ELEMENT = [option.js_name for option in way_in("element") if option.name not in UNTOUCHED]
ATTRIBUTES = [option.attribute for option in way_in("element") if option.name not in UNTOUCHED]
TRACK = [option.js_name for option in way_in("track") if option.name not in UNTOUCHED]
MESSAGE = [option.js_name for option in way_in("message")]

METHODS = {
    "element": "start snapshot record captureStream getMask getClasses skip push setBackdrop setEffect stopEffect"
    " setEffectValues setTrace getTraced cloneNode",
    "track": "setOptions setEffect setEffectValues stopEffect getMask getClasses replaceSource applyConstraints"
    " getSettings getConstraints getCapabilities clone restart",
    "legacy": "setOptions onResults initialize reset send send send",
    "page": "processTrack preload support newLegacy newElement",
}


def any_value(dice: Random, depth: int = 2) -> Any:
    """Return a value as JSON; `{"$": name}` stands for one of THINGS."""
    kind = dice.random()
    if kind < 0.35:
        return {"$": dice.choice(THINGS)}
    if kind < 0.6:
        return dice.choice(TEXTS)
    if kind < 0.8 or not depth:
        return dice.choice([*NUMBERS, None, True, False])
    if kind < 0.88:
        return [any_value(dice, depth - 1) for _ in range(dice.randrange(3))]
    names = dice.choice([ELEMENT, TRACK, ["image", "still", "film", "x", "signal", "locateFile", "modelSelection"]])
    return {dice.choice(names): any_value(dice, depth - 1) for _ in range(dice.randrange(4))}


def any_call(dice: Random) -> dict[str, Any]:
    """Return one call: on what, which way, its name, and its arguments."""
    target = dice.choice(["element", "element", "element", "track", "track", "legacy", "widget", "widget", "page"])
    if target == "widget":
        return {"on": target, "way": "message", "name": "", "with": [_message(dice)]}
    kind = dice.random()
    if target == "element" and kind < 0.3:
        return {"on": target, "way": "set", "name": dice.choice(ELEMENT), "with": [any_value(dice)]}
    if target == "element" and kind < 0.5:
        way = dice.choice(["attribute", "attribute", "remove", "move"])
        return {"on": target, "way": way, "name": dice.choice(ATTRIBUTES), "with": [dice.choice(TEXTS)]}
    if target == "track" and kind < 0.15:
        return {"on": target, "way": "set", "name": "enabled", "with": [any_value(dice)]}
    name = dice.choice(METHODS[target].split())
    given = [any_value(dice) for _ in range(dice.choice([0, 1, 1, 2]))]
    return {"on": target, "way": "call", "name": name, "with": given}


def _message(dice: Random) -> Any:
    """Return a message for the widget: mostly one of its own with something wrong in it."""
    if dice.random() < 0.2:
        return any_value(dice)
    message: dict[str, Any] = {"pyselfie": 1, "id": dice.choice([1, "a", None, any_value(dice)])}
    message["type"] = dice.choice(["set", "set", "set", "state", "snapshot", any_value(dice)])
    if dice.random() < 0.2:
        message["pyselfie"] = any_value(dice)
    if dice.random() < 0.8:
        names = dice.choices([*MESSAGE, "site", "camera", "nothing"], k=dice.randrange(3))
        message["options"] = {name: any_value(dice) for name in names}
    return message
