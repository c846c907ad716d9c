"""Recordings in Node, with a recorder and a microphone that fail as a browser's may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.web.node_kit import run_node

_BROWSER = """
class Track extends EventTarget {
  kind = "video";
  stopped = false;
  stop() {
    this.stopped = true;
  }
}
globalThis.MediaStream = class {
  constructor(tracks) {
    this.tracks = tracks;
  }
  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === "video");
};
let recorder;
globalThis.MediaRecorder = class {
  static has = /webm/;
  static isTypeSupported = (type) => MediaRecorder.has.test(type);
  state = "inactive";
  constructor(stream, { mimeType }) {
    if (MediaRecorder.refuses) throw new Error("no");
    recorder = this;
    this.mimeType = mimeType;
  }
  start() {
    this.state = "recording";
  }
  stop() {
    this.state = "inactive";
    queueMicrotask(() => this.onstop());
  }
};
const asked = [];
const mediaDevices = {
  async getUserMedia() {
    const track = Object.assign(new Track(), { kind: "audio" });
    asked.push(track);
    onAsked();
    return { getAudioTracks: () => [track] };
  },
};
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices } });
Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
let onAsked = () => {};
let isPainted = true;
const { record } = await import(`${web}/js/recording/record.js`);
const streams = [];
const begin = (options = {}, isTransparent = false) =>
  record(options, {
    isTransparent,
    width: 64,
    height: 48,
    isPainted: () => isPainted,
    stream: (alpha) => {
      streams.push({ alpha, track: new Track() });
      return new MediaStream([streams.at(-1).track]);
    },
  });
const fault = (promise) => promise.then(() => "", ({ message }) => message);
const told = async ({ finished }) => {
  const { blob, reason, message, transparent } = await finished;
  return [await blob.text().catch(() => ""), blob.type, reason, message, transparent];
};
"""
NO_PICTURE = "There is no picture to record yet: wait for the first `frame` event."


def recorded(script: str) -> Any:
    """Return what `script` says."""
    return run_node(_BROWSER + script)


def test_a_recorder_that_stops_before_it_tells_of_its_error() -> None:
    """As the specification has it: the reason is the error all the same, and what came until then is kept."""
    found, stopped = recorded("""
        const recording = await begin({ audio: true });
        recorder.ondataavailable({ data: new Blob(["some"]) });
        recorder.state = "inactive";
        recorder.onerror({ error: "UnknownError: no room" });
        recorder.ondataavailable({ data: new Blob([" more"]) });
        recorder.onstop();
        const found = await told(recording);
        say([found, [asked[0].stopped, streams[0].track.stopped]]);
    """)
    sentence = "The browser's recorder has failed (UnknownError: no room)."
    assert found == ["some more", "video/webm;codecs=vp9,opus", "error", sentence, False]
    assert stopped == [True, True]


def test_a_file_that_cannot_be_read_is_finished() -> None:
    """Whether it has alpha is unknown then; nobody waits for ever."""
    reason = recorded("""
        const recording = await begin({ transparent: true });
        recorder.ondataavailable({ data: new Blob([new Uint8Array([0xee, 0x81, 0x01, 0xa5])]) });
        Blob.prototype.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
        const { reason, transparent } = await recording.stop();
        say([reason, transparent]);
    """)
    assert reason == ["stopped", False]


@pytest.mark.parametrize(
    ("has", "options", "alpha", "kind"),
    [
        ("webm|mp4", "{}", True, "video/webm;codecs=vp9"),
        ("webm|mp4", "{ format: 'mp4' }", False, "video/mp4;codecs=avc1.640028"),
        ("webm|mp4", "{ transparent: false }", False, "video/webm;codecs=vp9"),
        ("mp4", "{}", False, "video/mp4;codecs=avc1.640028"),
    ],
)
def test_a_transparent_effect_is_recorded_as_the_format_allows(has: str, options: str, alpha: bool, kind: str) -> None:
    """With its alpha as WebM; a browser that has only MP4 records that, on black."""
    found = recorded(f"""
        MediaRecorder.has = /{has}/;
        await begin({options}, true);
        say([streams[0].alpha, recorder.mimeType]);
    """)
    assert found == [alpha, kind]


def test_transparency_that_is_asked_for_needs_webm() -> None:
    """One sentence, before anything is opened."""
    sentence, count = recorded("""
        MediaRecorder.has = /mp4/;
        say([await fault(begin({ audio: true, transparent: true })), asked.length + streams.length]);
    """)
    assert sentence == "This browser records no webm: it records mp4."
    assert count == 0


def test_the_microphone_is_asked_for_if_there_is_a_picture() -> None:
    """Not without one; and if that goes meanwhile, or the recorder refuses, the microphone is let go of."""
    found = recorded("""
        isPainted = false;
        const without = [await fault(begin({ audio: true })), asked.length];
        isPainted = true;
        onAsked = () => {
          isPainted = false;
        };
        const gone = [await fault(begin({ audio: true })), asked[0].stopped, streams.length];
        onAsked = () => {};
        isPainted = MediaRecorder.refuses = true;
        const refused = [await fault(begin({ audio: true })), asked[1].stopped, streams[0].track.stopped];
        say([without, gone, refused]);
    """)
    assert found == [
        [NO_PICTURE, 0],
        [NO_PICTURE, True, 0],
        ["The browser's recorder cannot begin (no).", True, True],
    ]
