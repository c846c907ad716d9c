"""How a camera track is read and let go of, in Node: reader and frames are of the specification's shape."""

from __future__ import annotations

from typing import Any

from tests.unit.web.node_kit import run_node

_TRACK = """
const log = [];
let give;
globalThis.document = { hidden: false };
globalThis.MediaStreamTrackProcessor = class {
  readable = {
    getReader: () => ({
      read: () => new Promise((done) => (give = (name) => done(name ? { value: frame(name) } : { done: true }))),
      cancel: async () => log.push("cancelled"),
    }),
  };
};
const frame = (name) => ({ close: () => log.push(`${name} closed`) });
const rest = () => new Promise((done) => setTimeout(done));
const track = Object.assign(new EventTarget(), { muted: false, getSettings: () => ({}), getCapabilities: () => ({}) });
const sink = { push: () => log.push("pushed"), maskSource: null };
const { captureTrack } = await import(`${web}/js/sources/capture.js`);
const stop = captureTrack(track, sink);
const end = () => stop().then(() => log.push("free"));
"""


def captured(script: str) -> Any:
    """Return what `script` says of a camera that is captured."""
    return run_node(_TRACK + script)


def test_a_frame_on_its_way_is_awaited() -> None:
    """Chromium loses a frame whose reader is cancelled or whose track stops meanwhile; nobody sees the last one."""
    assert captured("""
        give("first");
        await rest();
        void end();
        await rest();
        log.push("asked");
        give("last");
        await rest();
        say(log);
    """) == ["pushed", "asked", "last closed", "cancelled", "free"]


def test_a_camera_without_pictures_is_let_go_of() -> None:
    """At once where the track says that none come, or has ended; else when none has come for a while."""
    assert captured("""
        await end();
        say(log);
    """) == ["cancelled", "free"]
    for state in ("track.muted = true", "give()"):
        assert captured(f"""
            const clock = setTimeout;
            {state};
            globalThis.setTimeout = () => {{}};
            void end();
            await new Promise((done) => clock(done));
            say(log);
        """) == ["cancelled", "free"]


def test_letting_go_twice_is_once() -> None:
    """The second time finds nothing to wait for."""
    assert captured("""
        void end();
        give("last");
        await rest();
        await end();
        say(log.filter((one) => one !== "cancelled"));
    """) == ["last closed", "free", "free"]
