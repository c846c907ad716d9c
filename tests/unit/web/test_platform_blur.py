"""How the page hears of a camera's own blur, in Node: tracks and frames here are of the specification's shape."""

from __future__ import annotations

from typing import Any

from tests.unit.web.node_kit import run_node

_CAMERA = """
const { PlatformBlur } = await import(`${web}/js/sources/platform_blur.js`);
class Camera extends EventTarget {
  settings = { backgroundBlur: true };
  constraints = { width: 1280 };
  asked = [];
  obeys = true;
  getSettings() {
    return { ...this.settings };
  }
  getConstraints() {
    return { ...this.constraints };
  }
  async applyConstraints(wanted) {
    this.asked.push(wanted);
    await null;
    if (this.obeys === "never") throw new DOMException("No.", "OverconstrainedError");
    if (this.obeys) this.change(wanted.backgroundBlur);
  }
  change(on) {
    this.settings.backgroundBlur = on;
    this.dispatchEvent(new Event("configurationchange"));
  }
}
const camera = new Camera();
const sink = { platformBlur: "keep" };
const told = [];
const blur = new PlatformBlur(camera, sink, (sentence) => told.push(sentence));
const rest = () => new Promise((done) => setTimeout(done));
const frame = (metadata) => ({ metadata: () => metadata });
const plain = {};
"""


def camera(script: str) -> Any:
    """Return what `script` says of a camera that blurs at first."""
    return run_node(_CAMERA + script)


def test_frames_know_better_than_settings() -> None:
    """What a frame says of itself counts; where it says nothing, the settings do, as they are at the moment."""
    assert camera("""
        const seen = [];
        const frames = [plain, frame({}), frame({ backgroundBlur: { enabled: false } })];
        const look = () => seen.push(frames.map((one) => blur.has(one)));
        look();
        camera.change(false);
        look();
        seen.push(blur.has(frame({ backgroundBlur: { enabled: true } })));
        say([seen, camera.asked, told]);
    """) == [[[True, True, False], [False, False, False], True], [], []]


def test_a_camera_is_asked_to_stop() -> None:
    """Once, with the constraints that it has; while it obeys nothing is told, and its next blur is another matter."""
    assert camera("""
        sink.platformBlur = "off";
        const seen = [blur.has(plain), blur.has(plain)];
        await rest();
        seen.push(blur.has(plain));
        camera.change(true);
        blur.has(plain);
        await rest();
        say([seen, camera.asked, told]);
    """) == [[True, True, False], [{"width": 1280, "backgroundBlur": False}] * 2, []]


def test_a_camera_that_goes_on_is_told_of() -> None:
    """One sentence that says what to do, and no more questions, whether it refuses or pays no heed."""
    told = camera("""
        sink.platformBlur = "off";
        const answers = [];
        for (const obeys of [false, "never"]) {
          camera.obeys = obeys;
          camera.change(false);
          camera.change(true);
          for (let frames = 0; frames < 3; frames++) {
            blur.has(plain);
            await rest();
          }
          answers.push([camera.asked.splice(0).length, told.splice(0)]);
        }
        say(answers);
    """)
    sentence = (
        "The camera goes on blurring the background itself: turn that off in the system's settings, "
        "or set platformBlur to “keep”."
    )
    assert told == [[1, [sentence]]] * 2


def test_a_closed_watch_hears_nothing() -> None:
    """The track is somebody else's, and may live on; nor does it tell what its last question came to."""
    assert camera("""
        sink.platformBlur = "off";
        camera.obeys = false;
        blur.has(plain);
        blur.close();
        await rest();
        camera.change(false);
        say([blur.has(plain), camera.asked.length, told]);
    """) == [True, 1, []]
