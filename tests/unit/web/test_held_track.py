"""What keeps a processed track for a component, in Node, with tracks that tell what is done to them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.web.node_kit import run_node

_HELD = """
class Track extends EventTarget {
  kind = "video";
  readyState = "live";
  end() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}
globalThis.MediaStreamTrack = Track;
const { HeldTrack } = await import(`${web}/js/frameworks/held_track.js`);
const heard = [];
const calls = [];
const made = [];
const named = new Map();
const nameOf = (value) => named.get(value) ?? value;
const held = new HeldTrack(
  ({ track, ready, error }) => heard.push([nameOf(track), ready, error && error.message]),
  (source, options) => {
    if (options.site === "bad") throw new TypeError("The site is bad.");
    const track = new Track();
    named.set(track, `processed ${made.push(track)}`);
    for (const name of ["setOptions", "setEffect"]) track[name] = (given) => calls.push([name, given]);
    track.replaceSource = async (given) => {
      calls.push(["replaceSource", nameOf(given)]);
      if (given.isBroken) throw new Error("The new camera is there, but the engine has stopped.");
    };
    track.stop = () => {
      calls.push(["stop", nameOf(track)]);
      track.readyState = "ended";
    };
    calls.push(["process", nameOf(source), options]);
    return track;
  },
);
const camera = (name) => {
  const track = new Track();
  named.set(track, name);
  return track;
};
const front = camera("front");
const tell = (type, detail) => made.at(-1).dispatchEvent(new CustomEvent(type, { detail }));
const rest = () => new Promise((done) => setTimeout(done));
const take = () => [calls.splice(0), heard.splice(0)];
"""


def held(script: str) -> Any:
    """Return what `script` says: pairs of the calls to a track that stands for a real one, and the states told."""
    return run_node(_HELD + script)


def test_a_held_track_follows_its_options() -> None:
    """The same options again change nothing; others change the track; what is left out gets its default."""
    told = held("""
        const steps = [];
        for (const options of [
          { effect: "blur", strength: 0.3 },
          { effect: "blur", strength: 0.3 },
          { effect: "blur", mirror: undefined },
          { background: "#fff" },
          { background: "#fff", effect: "mask" },
          { background: "#000", effect: "mask", effectSource: "def effect(frame): return frame" },
          { background: "#000" },
          {},
          { backend: "wasm" },
        ]) {
          held.follow(front, options);
          steps.push(calls.splice(0));
        }
        say(steps);
    """)
    blur = {"effect": "blur", "strength": 0.3, "stopSource": False}
    source = "def effect(frame): return frame"
    assert told == [
        [["process", "front", blur]],
        [],
        [["setOptions", {"strength": 0.5}]],
        [["setOptions", {"background": "#fff"}]],
        [["setOptions", {"effect": "mask"}]],
        [["setEffect", source], ["setOptions", {"effect": "mask", "background": "#000"}]],
        [["setEffect", None], ["setOptions", {"background": "#000"}]],
        [["setOptions", {"effect": "blur"}]],
        [["stop", "processed 1"], ["process", "front", {"backend": "wasm", "stopSource": False}]],
    ]


def test_a_held_track_tells_its_state() -> None:
    """Ready when the engine runs; a failure until it runs again; the sentence about a bad value until a change."""
    told = held("""
        held.follow(front, {});
        tell("statechange", { state: "running" });
        tell("statechange", { state: "failed" });
        tell("error", { code: "worker", message: "The worker has stopped.", action: "restart" });
        tell("statechange", { state: "running" });
        tell("error", { code: "option", message: "strength is 7.", action: null });
        tell("statechange", { state: "running" });
        held.follow(front, { strength: 1 });
        say(heard);
    """)
    one = "processed 1"
    stopped, wrong = "The worker has stopped.", "strength is 7."
    assert told == [
        [one, False, None],
        [one, True, None],
        [one, False, None],
        [one, False, stopped],
        [one, True, None],
        [one, True, wrong],
        [one, True, None],
    ]


def test_a_held_track_follows_its_camera() -> None:
    """Another camera comes in the same track; after one that has ended a new track begins; no camera, no track."""
    told = held("""
        held.follow(null, {});
        held.follow(front, {});
        const back = camera("back");
        held.follow(back, {});
        const broken = Object.assign(camera("broken"), { isBroken: true });
        held.follow(broken, {});
        await rest();
        const changed = take();
        broken.end();
        made.at(-1).end();
        held.follow(broken, {});
        const over = take();
        held.follow(back, {});
        held.follow(undefined, {});
        say([changed, over, take()]);
    """)
    (calls, states), over, end = told
    assert [call[:2] for call in calls] == [
        ["process", "front"],
        ["replaceSource", "back"],
        ["replaceSource", "broken"],
    ]
    stopped = "The new camera is there, but the engine has stopped."
    assert states == [["processed 1", False, None], ["processed 1", False, stopped]]
    sentence = "useProcessedTrack got a track that has ended: open the camera again and pass its new track."
    assert over == [[], [[None, False, sentence]]]
    assert [call[:2] for call in end[0]] == [["process", "back"], ["stop", "processed 2"]]
    assert end[1] == [["processed 2", False, None], [None, False, None]]


def test_a_held_track_outlives_effects_that_run_twice() -> None:
    """Released and followed again in one task it goes on; else it stops, and following begins anew."""
    told = held("""
        held.follow(front, {});
        held.release();
        held.follow(front, {});
        await rest();
        const twice = take();
        held.release();
        await rest();
        const over = take();
        held.follow(front, {});
        say([twice, over, take()]);
    """)
    begun = ["process", "front", {"stopSource": False}]
    assert told == [
        [[begun], [["processed 1", False, None]]],
        [[["stop", "processed 1"]], [[None, False, None]]],
        [[begun], [["processed 2", False, None]]],
    ]


@pytest.mark.parametrize(
    ("source", "options", "sentence"),
    [
        ("front", {"effekt": "blur"}, "There is no option “effekt”; the nearest are effect,"),
        ("front", {"stopSource": True}, "There is no option “stopSource”;"),
        ("front", 7, "The options are 7, but they have to be an object like"),
        ("front", {"onFailure": "stop"}, "onFailure is “stop”, but it has to be"),
        ("front", {"site": "bad"}, "The site is bad."),
        ('"front"', {}, "useProcessedTrack needs a video MediaStreamTrack, but got “front”."),
        ("{}", {}, "useProcessedTrack needs a video MediaStreamTrack, but got [object Object]."),
    ],
)
def test_what_a_held_track_refuses(source: str, options: Any, sentence: str) -> None:
    """One sentence, told once however often it is rendered; nothing is processed, and right input takes it away."""
    told = held(f"""
        const source = {source};
        for (let times = 0; times < 3; times++) held.follow(source, {json.dumps(options)});
        const refused = take();
        held.follow(front, {{}});
        say([refused, take()]);
    """)
    (calls, states), (_, right) = told
    assert calls == []
    assert [state[:2] for state in states] == [[None, False]]
    assert states[0][2].startswith(sentence)
    assert right == [["processed 1", False, None]]


def test_a_number_that_is_none_is_told_once() -> None:
    """NaN isn't equal to itself; a component that renders with each state would be told without end."""
    calls, _ = held("""
        for (let times = 0; times < 3; times++) held.follow(front, { strength: Number("much") });
        say(take());
    """)
    assert [call[0] for call in calls] == ["process"]


def test_bad_options_leave_a_held_track_as_it_is() -> None:
    """What it was given before goes on, and the sentence goes with the bad options."""
    told = held("""
        held.follow(front, { effect: "mask" });
        held.follow(front, { effect: "mask", colour: "red" });
        held.follow(front, { effect: "mask" });
        say(take());
    """)
    calls, states = told
    assert len(calls) == 1
    assert [state[:2] for state in states] == [["processed 1", False]] * 3
    assert [bool(state[2]) for state in states] == [False, True, False]
