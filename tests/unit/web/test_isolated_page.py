"""The page's side of an isolated worker, in Node: what it counts, what it gives, and what it believes."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from builder.paths import WEB


def run(script: str) -> Any:
    """Return what a module's text prints as JSON; `at` has the URL of web/js/."""
    text = f"const at = {json.dumps((WEB / 'js').as_uri() + '/')};\n{script}"
    command = ["node", "--input-type=module", "-e", text]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_wrong_number_does_not_save_a_text() -> None:
    """Whatever number an effect is said to have, each end of a worker leaves one text less: at last none is run."""
    told = run("""
const { OwnEffect } = await import(at + "engine/own_effect.js");
const effect = new OwnEffect();
for (const source of ["typed", "good", "bad"]) effect.set(source, null);
effect.isGood(2);
const seen = [];
for (const number of [99, 1, 3, 2, 99]) {
  effect.hasEnded(number, "was stopped");
  seen.push(effect.messages.filter(({ ended }) => ended === null).map(({ source }) => source));
}
effect.set("another", null);
seen.push(effect.messages.map(({ source, ended }) => [source, ended]));
console.log(JSON.stringify(seen));
""")
    assert told == [["good"], [], [], [], [], [["another", None]]]


def test_the_text_that_has_ended_a_worker_is_the_one_named() -> None:
    """Where the number can be true, it's believed: the text that came after is run."""
    told = run("""
const { OwnEffect } = await import(at + "engine/own_effect.js");
const effect = new OwnEffect();
effect.set("bad", null);
effect.set("next", null);
effect.hasEnded(1, "was stopped");
const after = effect.messages.map(({ source, ended }) => [source, ended]);
effect.set("bad", null);
console.log(JSON.stringify([after, effect.messages.map(({ ended }) => ended)]));
""")
    assert told == [[["next", None]], ["was stopped"]]


FILES = """
const { FileService } = await import(at + "engine/file_service.js");
const signals = [];
let isOffline = false;
globalThis.fetch = async (url, { signal }) => {
  signals.push(signal);
  if (url.endsWith("assets.json")) return Response.json({ files: { "models/a": {} } });
  if (isOffline) throw new TypeError("offline");
  return new Response(new Uint8Array(3));
};
const service = new FileService("https://site/");
const ask = async (cache) => {
  const { port1, port2 } = new MessageChannel();
  const told = [];
  port1.onmessage = ({ data }) => told.push(Object.keys(data)[0]);
  const closed = new Promise((done) => port1.addEventListener("close", done));
  await service.serve({ path: "models/a", cache }, port2);
  await closed;
  return told;
};
"""


def test_tries_that_fail_are_not_counted() -> None:
    """After any number of them a file can be had, four times from the network; the port is closed each time."""
    told = run(
        FILES
        + """
isOffline = true;
const failed = [];
for (let time = 0; time < 6; time++) failed.push(await ask("reload"));
isOffline = false;
const given = [];
for (let time = 0; time < 5; time++) given.push(await ask("reload"));
console.log(JSON.stringify([failed, given]));
"""
    )
    assert told == [[["failed"]] * 6, [["status", "piece", "end"]] * 4 + [["failed"]]]


def test_files_end_with_their_worker() -> None:
    """What still comes for a worker that has ended is broken off."""
    told = run(FILES + "await ask(); service.close(); console.log(JSON.stringify(signals.map((one) => one.aborted)));")
    assert told == [True, True]


def test_late_files_are_handed_out_once() -> None:
    """Python has unpacked them by then: nobody keeps their bytes."""
    told = run("""
globalThis.self = globalThis;
const { listen } = await import(at + "worker/page_line.js");
const { lateFiles } = await import(at + "worker/late_files.js");
listen(() => {});
self.onmessage({ data: { type: "line" }, ports: [{}] });
const file = await lateFiles({ late: [{ path: "a" }], expect: (path) => path, buffer: async () => new ArrayBuffer(2) });
console.log(JSON.stringify([file("a").byteLength, file("a") === undefined]));
""")
    assert told == [2, True]


def test_only_the_answer_to_a_ping_proves_that_code_has_returned() -> None:
    """Code that talks while it runs is stuck all the same, and is ended; a true answer ends the count."""
    told = run("""
const { EffectWatch } = await import(at + "engine/effect_watch.js");
const stuck = [];
const watch = new EffectWatch(500, (channel, seconds) => stuck.push(seconds));
const talk = ["dropped", "fetching", "alive", "effect_runs"].map((type) => ({ type, channel: 1, number: 1 }));
watch.hear({ type: "effect_runs", channel: 1, number: 1 }, false);
const ends = [];
for (let look = 0; look < 13; look++) {
  for (const message of talk) watch.hear(message, false);
  ends.push(watch.look());
}
const { seemsOver } = watch.running;
watch.hear({ type: "dropped", channel: 1 }, false);
const after = watch.running.seemsOver;
watch.hear({ type: "alive" }, true);
console.log(JSON.stringify([ends.indexOf(true), seemsOver, after, stuck, watch.running]));
""")
    assert told == [12, False, True, [3, 4, 5, 6, 0], None]


def test_the_text_that_was_asked_to_end_is_the_one_that_has_ended_the_worker() -> None:
    """Where it has ended itself, and the last good text has not returned in time on a busy machine."""
    told = run("""
globalThis.crossOriginIsolated = true;
const { EffectWatch } = await import(at + "engine/effect_watch.js");
const watch = new EffectWatch(500, () => {});
const runs = (number) => watch.hear({ type: "effect_runs", channel: 1, number }, false);
runs(2);
while (Atomics.load(new Int32Array(watch.buffer), 0) === 0) watch.look();
const asked = watch.running.number;
runs(1);
const ends = [watch.look(), watch.look()];
const blamed = watch.running.number;
watch.hear({ type: "alive" }, true);
runs(1);
console.log(JSON.stringify([asked, ends, blamed, watch.running.number]));
""")
    assert told == [2, [False, True], 2, 1]
