"""How a page takes a newer version of the site, run by Node: the waiting worker and the browser are played."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from builder.paths import WEB

_PLAY = """
const { takeOver } = await import(process.argv[1]);
const LIMIT = 2000;

/** A worker that answers with one of `answers` each time, and goes on as `then` says when it has taken over. */
class Waiting extends EventTarget {
  state = "installed";
  asked = [];
  constructor(answers, then = "activated") {
    super();
    Object.assign(this, { answers, then });
  }
  become(state) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
  postMessage(message, [port]) {
    this.asked.push(message.takeOverBefore - Date.now() <= LIMIT);
    const answer = this.answers.shift();
    if (answer === undefined) return;
    port.postMessage(answer);
    if (answer) setTimeout(() => this.become(this.then));
  }
}

let reloads = 0;
globalThis.location = { reload: () => reloads++ };
const turned = (ms) => new Promise((done) => setTimeout(done, ms, "never"));
/** [why it wasn't taken, or "never"; reloads; how often the worker was asked] */
async function told(waiting, isBusy, limit = LIMIT) {
  reloads = 0;
  const reason = await Promise.race([takeOver(waiting, isBusy, limit), turned(4000)]);
  return [reason, reloads, waiting.asked.length];
}
const idle = () => false;
const redundant = new Waiting([]);
setTimeout(() => redundant.become("redundant"), 50);
const inWait = new Waiting([false, false, true]);
const inCall = new Waiting([true]);
const cases = {
  "taken": () => told(new Waiting([true]), idle),
  "the page before goes": () => told(new Waiting([false, false, true]), idle),
  "used elsewhere": () => told(new Waiting(Array(99).fill(false)), idle),
  "no answer": () => told(new Waiting([]), idle, 300),
  "never active": () => told(new Waiting([true], "activating"), idle, 300),
  "a newer one": () => told(redundant, idle),
  "busy before": () => told(new Waiting([true]), () => true),
  "busy in the wait": () => told(inWait, () => inWait.asked.length === 2),
  "busy by the end": () => told(inCall, () => inCall.state === "activated"),
};
console.log(JSON.stringify(await cases[process.argv[2]]()));
process.exit();
"""
_AWAITED = """
const { Sources, SourceError } = await import(process.argv[1]);
const sources = new Sources({});
const camera = { kind: "camera", name: "", notice: "", start() {}, close() {} };
const told = [];
const tell = () => told.push([sources.awaited, sources.current?.kind ?? null]);
for (const event of ["opening", "opened", "failed"]) sources.addEventListener(event, tell);
await sources.open("Waiting for the camera", async () => { throw new SourceError("refused"); });
let come;
const first = sources.open("Opening the file", () => new Promise((resolve) => (come = resolve)));
await sources.open("Waiting for the camera", async () => camera);
come(camera);
await first;
void sources.open("Opening the file", () => new Promise(() => {}));
sources.close();
tell();
console.log(JSON.stringify(told));
"""


def _run(script: str, path: str, *arguments: str) -> Any:
    command = ["node", "--input-type=module", "-e", script, (WEB / "js" / path).as_uri(), *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("taken", ["never", 1, 1]),
        ("the page before goes", ["never", 1, 3]),
        ("used elsewhere", ["others", 0, 10]),
        ("no answer", ["silent", 0, 1]),
        ("never active", ["silent", 0, 1]),
        ("a newer one", ["newer", 0, 1]),
        ("busy before", ["busy", 0, 0]),
        ("busy in the wait", ["busy", 0, 2]),
        ("busy by the end", ["busy", 0, 1]),
    ],
)
def test_a_newer_version_is_taken_or_a_reason_told(case: str, expected: list[Any]) -> None:
    """The page begins again only if nobody is busy by then; whatever the worker does, the page gets to know in time."""
    assert _run(_PLAY, "page/take_over.js", case) == expected


def test_a_camera_is_awaited_until_it_is_there_or_refused() -> None:
    """Before it's the current source the page can tell that it's coming; an older opening doesn't end a newer one's."""
    assert _run(_AWAITED, "sources/sources.js") == [
        ["Waiting for the camera", None],
        ["", None],
        ["Opening the file", None],
        ["Waiting for the camera", None],
        ["", "camera"],
        ["Opening the file", "camera"],
        ["", None],
    ]
