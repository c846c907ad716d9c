"""What the playground does with the code being written, in Node: when it runs, is stored, and comes back."""

from __future__ import annotations

import json
from typing import Any

from builder.play.examples import examples_json
from tests.unit.web.test_page_modules import run_by_node

SESSION = """
globalThis.self = globalThis;
function storage() {
  const kept = new Map();
  return {
    room: 1e9,
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
    setItem(name, text) {
      if (text.length > this.room) throw new DOMException("full", "QuotaExceededError");
      kept.set(name, text);
    },
  };
}
let waiting = null;
globalThis.setTimeout = (act) => ((waiting = act), 1);
globalThis.clearTimeout = () => (waiting = null);
const rest = () => {
  const act = waiting;
  waiting = null;
  act?.();
};
const { Session } = await import(process.argv[1]);
const { putAside, forgetAside, aside } = await import(new URL("store.js", process.argv[1]));

function opened({ session = storage(), local = storage() } = {}) {
  const said = [];
  Object.defineProperty(self, "sessionStorage", { configurable: true, value: session });
  Object.defineProperty(self, "localStorage", { configurable: true, value: local });
  const editor = Object.assign(new EventTarget(), {
    text: "",
    isFresh: false,
    replace: (text) => Object.assign(editor, { text, isFresh: false }),
    begin: (text) => Object.assign(editor, { text, isFresh: true }),
    save: () => ({ doc: editor.text }),
    restore: ({ doc }) => doc !== "damaged" && Boolean(Object.assign(editor, { text: doc })),
    type(text) {
      editor.text = text;
      editor.dispatchEvent(new Event("change"));
    },
  });
  const stage = {
    setEffect: (text) => said.push(["effect", text]),
    setEffectValues: (values) => said.push(["values", values]),
  };
  let leave;
  globalThis.addEventListener = (type, listener) => (leave = listener);
  const work = new Session(stage, editor);
  for (const type of ["kept", "unkept"]) work.addEventListener(type, () => said.push([type]));
  const stored = () => [session, local].map((one) => JSON.parse(one.getItem("pyselfie.play.1"))?.editor.doc ?? null);
  return { session: work, editor, said, stored, leave: () => leave(), storages: { session, local } };
}
const told = {};
"""

BEGINS = (
    SESSION
    + """
const before = opened();
before.session.open({ name: "", source: "mine" });
const early = opened(before.storages);
early.editor.dispatchEvent(new Event("run"));
early.editor.type("x");
rest();
early.leave();
told.beforeItBegins = [early.said, early.stored()];

const old = opened(before.storages);
old.session.resume();
const newer = opened({ local: before.storages.local });
newer.session.resume();
newer.editor.type("newer");
rest();
const seen = newer.stored();
old.leave();
told.untouchedTab = [seen, newer.stored()];
newer.editor.type("newest");
newer.leave();
told.lastKey = newer.stored();
console.log(JSON.stringify(told));
"""
)

FOREIGN = (
    SESSION
    + """
const no = { setItem() { throw new Error("full"); }, getItem: () => null, removeItem() {} };
const declined = opened();
declined.session.hold({ source: "theirs" });
declined.session.open({ name: "bokeh", source: "example" });
told.declined = [declined.editor.isFresh, declined.editor.text];
declined.session.open({ name: "", source: "next" });
told.nextCanBeUndone = declined.editor.isFresh;

const full = opened({ session: no, local: no });
full.session.open({ name: "", source: "mine" });
full.session.hold({ source: "theirs" });
told.withoutStorage = [full.session.hasAside, full.session.goBack(), full.editor.text, full.session.hasAside];

const damaged = opened();
damaged.session.open({ name: "", source: "damaged" });
damaged.session.hold({ source: "theirs" });
told.damaged = [damaged.session.goBack(), damaged.session.hasAside];

const tab = opened();
tab.session.open({ name: "", source: "another tab's" });
putAside();
tab.storages.session.removeItem("pyselfie.play.aside.1");
tab.editor.type("this tab's");
rest();
putAside();
told.eachStorage = aside().editor.doc;
console.log(JSON.stringify(told));
"""
)

RUNS = (
    SESSION
    + """
const { session, said, editor, storages } = opened();
session.open({ name: "", source: "effects/own.py", values: { size: 1, gone: 2 } });
told.opened = said.splice(0);
session.hear({ controls: [{ name: "constructor", default: 0.5 }, { name: "size", default: 2 }], values: {} });
told.values = said.splice(0);
storages.session.room = storages.local.room = 10;
for (const text of ["a", "b"]) (editor.type(text), rest());
told.full = said.splice(0).filter(([type]) => type.endsWith("kept"));
storages.local.room = 1e9;
for (const text of ["c", "d"]) (editor.type(text), rest());
told.roomAgain = said.splice(0).filter(([type]) => type.endsWith("kept"));
console.log(JSON.stringify(told));
"""
)

CLASSES = """
const { takesClasses } = await import(process.argv[1]);
console.log(JSON.stringify({ told: JSON.parse(process.env.TEXTS).map(takesClasses) }));
"""


def session(program: str) -> dict[str, Any]:
    return run_by_node(program, "js/play/session.js")


def test_what_is_stored_is_the_users_own_newest_text() -> None:
    """Nothing is stored or run before there is a text, nor by a tab that only stood there; the last key is stored."""
    told = session(BEGINS)
    assert told["beforeItBegins"] == [[], ["mine", "mine"]]
    assert told["untouchedTab"] == [["newer", "newer"], ["newer", "newer"]]
    assert told["lastKey"] == ["newest", "newest"]


def test_somebody_elses_work_goes_and_ones_own_comes_back() -> None:
    """A declined text can't be undone to; the own one comes back without storage, too; a damaged one isn't deleted."""
    told = session(FOREIGN)
    assert told["declined"] == [True, "example"]
    assert told["nextCanBeUndone"] is False
    assert told["withoutStorage"] == [True, True, "mine", False]
    assert told["damaged"] == [False, True]
    assert told["eachStorage"] == "this tab's"


def test_the_effect_gets_its_own_values() -> None:
    """Once it has said which ones; a text is no address; any name has its default; a full storage is told once."""
    told = session(RUNS)
    assert told["opened"] == [["effect", "effects/own.py\n"]]
    assert told["values"] == [["values", {"constructor": 0.5, "size": 1}]]
    assert told["full"] == [["unkept"]]
    assert told["roomAgain"] == [["kept"]]


def test_a_text_says_whether_it_takes_classes(monkeypatch: Any) -> None:
    """As the build says of each example; in a line of its own, too, and not where a comment or a body names them."""
    found = json.loads(examples_json())
    known = [*found["examples"], found["new"]]
    own = {
        "def own(\n    frame,\n    mask,\n    time,\n    color: Color = Color('#fff'),\n    classes=None,\n):\n": True,
        "# classes\ndef own(frame, mask, time):\n    classes = 3\n": False,
        "def own(frame, mask, time) -> dict[str, int]:\n    classes = 3\n": False,
        "": False,
    }
    monkeypatch.setenv("TEXTS", json.dumps([*(example["source"] for example in known), *own]))
    wanted = [*(example["classes"] for example in known), *own.values()]
    assert run_by_node(CLASSES, "js/play/models.js")["told"] == wanted
    assert True in wanted[: len(known)]
