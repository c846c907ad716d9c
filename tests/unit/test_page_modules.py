"""Modules of the page that need no browser, run by Node."""

from __future__ import annotations

import json
import subprocess

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


def test_a_preload_that_is_over_leaves_no_listener():
    """Its signal may live as long as the page; one that nobody has taken over yet still hears it."""
    command = ["node", "--input-type=module", "-e", HOLDS, "--", (WEB / "js/engine/holds.js").as_uri()]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told == {
        "started and taken over": 0,
        "taken over and started": 0,
        "failed": 0,
        "only started": 1,
        "aborted": ["never mind", 1, False],
    }
