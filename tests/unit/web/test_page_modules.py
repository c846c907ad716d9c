"""Modules of the page that need no browser, run by Node."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from builder.paths import WEB

HOLDS = """
import { getEventListeners } from "node:events";
Promise.withResolvers ??= function () {  // Node has it from 22 on, browsers have it
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
const { Holds } = await import(process.argv[1]);
const told = {};
for (const [name, end] of Object.entries({
  "started and taken over": (holds) => (holds.resolve(), holds.take()),
  "taken over and started": (holds) => (holds.take(), holds.resolve()),
  "failed": (holds) => holds.reject("no network"),
  "only started": (holds) => holds.resolve(),
})) {
  const holds = new Holds();
  const { signal } = new AbortController();
  let released = 0;
  holds.add(signal, () => released++);
  end(holds);
  told[name] = getEventListeners(signal, "abort").length;
}
const holds = new Holds();
const called = new AbortController();
let released = 0;
const started = holds.add(called.signal, () => released++);
called.abort(new Error("never mind"));
told.aborted = [await started.catch(({ message }) => message), released, holds.keep];
console.log(JSON.stringify(told));
"""


STEPS = """
const { FrameSteps } = await import(process.argv[1]);
const listeners = [];
const video = {
  duration: 2, // ten frames
  paused: false,
  pause: () => (video.paused = true),
  addEventListener: (type, listener) => listeners.push(listener),
  requestVideoFrameCallback: (callback) => (video.see = callback),
  set currentTime(seconds) {
    video.at = seconds;
    count++;
    const before = video.see;
    if (tells) before(0, { mediaTime: tells(seconds), presentedFrames: count });
    listeners.pop()();
  },
};
const duration = 0.2;
const played = [0.2, 0.401, 0.6, 0.801, 1].map((mediaTime) => [mediaTime, 1]);
let count = 0, tells = null;
const ways = {
  nothing: null,
  beginning: (seconds) => Math.floor(seconds / duration + 1e-6) * duration,
  place: (seconds) => seconds,
  "frame before it": (seconds) => seconds - 1.5 * duration,
};
const told = {};
for (const [name, way] of Object.entries(ways)) {
  [count, tells, video.paused] = [0, way, false];
  const steps = new FrameSteps(video);
  // Times as files round them; at its beginning Firefox counts frames that nobody sees.
  for (const [mediaTime, counted] of [[0, 1], [0.2, 2], [0, 1], ...played, [0, 1], [0.2, 2], [0.4, 1]]) {
    count += counted;
    video.see(0, { mediaTime, presentedFrames: count });
  }
  told[name] = [];
  for (const frames of [1, 6, 1, 1, -1, -1, -2, 100]) {
    await steps.go(frames);
    told[name].push(Math.round((video.at / duration - 0.5) * 10) / 10);
  }
  video.paused = false;
  for (const time of [0.6, 0.8]) video.see(0, { mediaTime: time, presentedFrames: ++count });
  await steps.go(1);
  told[name].push(Math.round((video.at / duration - 0.5) * 10) / 10);
}
console.log(JSON.stringify(told));
"""

STORE = """
globalThis.self = globalThis;
const { load, save } = await import(process.argv[1]);
function storage(room) {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
    setItem(name, text) {
      if (text.length > room) throw new DOMException("full", "QuotaExceededError");
      kept.set(name, text);
    },
  };
}
const use = (session, local) => {
  for (const [name, given] of Object.entries({ sessionStorage: session, localStorage: local })) {
    Object.defineProperty(self, name, { configurable: true, get: () => given ?? (() => { throw new Error("no"); })() });
  }
};
const work = (text) => ({ editor: text, example: "bokeh", values: { size: 3 } });
const told = {};
const roomy = storage(1e9);
use(storage(1e9), roomy);
told.kept = [save(work("mine"), () => "less"), load()];
use(storage(1e9), roomy);
told.nextTab = load();
told.longHistory = [save(work("x".repeat(600_000)), () => "text alone"), load().editor];
told.tooLong = [save(work("x".repeat(600_000)), () => "y".repeat(600_000)), load()];
use(storage(0), roomy);
told.full = [save(work("mine"), () => ""), load().editor];
use(storage(0), storage(0));
told.allFull = [save(work("mine"), () => ""), load()];
use(null, null);
told.forbidden = [save(work("mine"), () => ""), load()];
const odd = storage(1e9);
use(odd, storage(1e9));
told.damaged = ["{", "null", "3", '{"editor": 1}'].map((text) => (odd.setItem("pyselfie.play.1", text), load()));
console.log(JSON.stringify(told));
"""


def run_by_node(program: str, module: str) -> dict[str, Any]:
    """Run a program that imports a module of the page, and return what it prints."""
    command = ["node", "--input-type=module", "-e", program, "--", (WEB / module).as_uri()]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def test_what_the_playground_keeps():
    """For this tab and the next; without history if that is long; nothing damaged; what isn't kept is told."""
    work = {"editor": "mine", "example": "bokeh", "values": {"size": 3}}
    assert run_by_node(STORE, "js/play/store.js") == {
        "kept": [True, work],
        "nextTab": work,
        "longHistory": [True, "text alone"],
        "tooLong": [False, None],
        "full": [True, "mine"],
        "allFull": [False, None],
        "forbidden": [True, None],
        "damaged": [None, None, None, None],
    }


def test_values_that_are_no_numbers_are_counted():
    """The trace says how many there are, beside the range of the others."""
    program = """
const { rangeText } = await import(process.argv[1]);
const step = { low: 0.25, high: 1, dtype: "float32" };
console.log(JSON.stringify({ told: [0, 1, 3].map((odd) => rangeText({ ...step, odd })) }));
"""
    told = ["0.250 to 1.000", "0.250 to 1.000, 1 value is NaN", "0.250 to 1.000, 3 values are NaN"]
    assert run_by_node(program, "js/trace/card.js") == {"told": told}


def test_a_preload_that_is_over_leaves_no_listener():
    """Its signal may live as long as the page; one that nobody has taken over yet still hears it."""
    assert run_by_node(HOLDS, "js/engine/holds.js") == {
        "started and taken over": 0,
        "taken over and started": 0,
        "failed": 0,
        "only started": 1,
        "aborted": ["never mind", 1, False],
    }


def test_single_frames_go_round_as_the_video_does() -> None:
    """Behind the last of ten frames comes the first, before the first the last; steps too far end at that other end.

    Whatever a browser tells after a jump: nothing, when the frame begins, the place itself, or of another frame; and
    though it counts too many frames where it begins to play.
    """
    told = run_by_node(STEPS, "js/sources/frame_steps.js")
    assert list(told) == ["nothing", "beginning", "place", "frame before it"]
    assert [places for places in told.values() if places != [3, 9, 0, 1, 0, 9, 7, 0, 5]] == []


REFUSED = """
Promise.withResolvers ??= function () {  // Node has it from 22 on, browsers have it
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
globalThis.location = { href: "https://site/" };
const { Engine } = await import(process.argv[1]);
async function told(makeCanvas, settings = {}) {
  globalThis.document = { createElement: () => ({ part: { add() {} }, transferControlToOffscreen: makeCanvas }) };
  const engine = new Engine({}, { site: "https://site/", ...settings });
  const started = engine.start().then(() => "fine", ({ message }) => message);
  const errors = [];
  engine.addEventListener("error", ({ detail }) => errors.push(detail)); // as on the track that processTrack returns
  return [await started, errors];
}
console.log(JSON.stringify({
  missing: await told(() => { throw new TypeError("no canvas"); }),
  own: await told(() => { delete globalThis.document; return {}; }, { isolated: true }),
}));
"""


def test_a_start_that_is_refused_is_told_to_whoever_listens_next() -> None:
    """What a browser lacks is named in a sentence of ours, and one of ours that says why is told as it is."""
    told = run_by_node(REFUSED, "js/engine/engine.js")
    sentences = {
        "missing": "This browser cannot run the engine (no canvas): use a newer one.",
        "own": "An isolated engine starts in a page, not in a worker: leave `isolated` out.",
    }
    for name, sentence in sentences.items():
        assert told[name] == [sentence, [{"code": "load", "message": sentence, "action": "retry"}]]
