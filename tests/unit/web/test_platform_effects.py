"""How the page hears of a camera's own blur and masks, in Node: tracks and frames are of the specification's shape."""

from __future__ import annotations

from typing import Any

from tests.unit.web.node_kit import run_node

_CAMERA = """
const { PlatformEffects } = await import(`${web}/js/sources/platform_effects.js`);
class Camera extends EventTarget {
  settings = { backgroundBlur: true };
  constraints = { width: 1280 };
  asked = [];
  obeys = true;
  readyState = "live";
  masks = [false, true];
  getCapabilities() {
    return { backgroundSegmentationMask: this.masks };
  }
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
    if (this.obeys) this.constraints = wanted;
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
const effects = new PlatformEffects(camera, sink, (sentence) => told.push(sentence));
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
        const look = () => seen.push(frames.map((one) => effects.of(one).blurred));
        look();
        camera.change(false);
        look();
        seen.push(effects.of(frame({ backgroundBlur: { enabled: true } })).blurred);
        say([seen, camera.asked, told]);
    """) == [[[True, True, False], [False, False, False], True], [], []]


def test_a_camera_is_asked_to_stop() -> None:
    """Once, with the constraints that it has; while it obeys nothing is told, and its next blur is another matter."""
    assert camera("""
        sink.platformBlur = "off";
        const seen = [effects.of(plain).blurred, effects.of(plain).blurred];
        await rest();
        seen.push(effects.of(plain).blurred);
        camera.change(true);
        effects.of(plain).blurred;
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
            effects.of(plain).blurred;
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
        effects.of(plain).blurred;
        effects.close();
        await rest();
        camera.change(false);
        say([effects.of(plain).blurred, camera.asked.length, told]);
    """) == [True, 1, []]


def test_a_camera_is_asked_for_masks() -> None:
    """While they are wanted, if it can: after any other question, whose answer stays, and no more when it is let go."""
    assert camera("""
        const asked = () => camera.asked.splice(0).map(({ width, ...more }) => more);
        const seen = [];
        const show = async () => {
          for (let frames = 0; frames < 2; frames++) effects.of(plain);
          await rest();
          seen.push(asked());
        };
        await show();
        Object.assign(sink, { platformBlur: "off", maskSource: "auto" });
        await show();
        sink.maskSource = "model";
        await show();
        camera.masks = undefined;
        sink.maskSource = "auto";
        await show();
        camera.masks = [false, true];
        effects.close();
        await rest();
        seen.push(asked());
        say(seen);
    """) == [
        [],
        [{"backgroundBlur": False}, {"backgroundBlur": False, "backgroundSegmentationMask": True}],
        [{"backgroundBlur": False, "backgroundSegmentationMask": False}],
        [],
        [{"backgroundBlur": False, "backgroundSegmentationMask": False}],
    ]


def test_what_a_frame_says_is_read_once() -> None:
    """Each reading may make the mask anew: it is handed on, and nobody reads it again."""
    assert camera("""
        let readings = 0;
        const mask = {};
        const speaks = { metadata: () => ({ reading: ++readings, backgroundSegmentationMask: mask }) };
        const silent = effects.of(plain);
        say([effects.of(speaks).mask === mask, readings, "mask" in silent, silent.mask === undefined]);
    """) == [True, 1, True, True]


_MASKS = """
class ImageBitmap {
  constructor(width) {
    this.width = width;
    this.closed = 0;
  }
  close() {
    this.width = 0;
    this.closed++;
  }
}
globalThis.ImageBitmap = ImageBitmap;
const { Masks } = await import(`${web}/js/engine/masks.js`);
const told = [];
const masks = new Masks((sentence) => told.push(sentence));
"""


def test_only_a_whole_mask_goes_to_the_worker() -> None:
    """Whatever else comes as one is closed; that it holds no picture is told once for a source."""
    taken = run_node(
        _MASKS
        + """
        const whole = new ImageBitmap(8), unwanted = new ImageBitmap(8), lost = new ImageBitmap(0);
        const frame = { width: 8, close() { this.isClosed = true; } };
        const answers = [masks.take(whole, true) === whole, masks.take(unwanted, false), masks.take(undefined, true)];
        answers.push(told.length, masks.take(lost, true), masks.take(frame, true), told.length);
        masks.forget();
        masks.take(lost, true);
        say([answers, whole.closed, unwanted.closed, frame.isClosed, told]);
        """
    )
    sentence = "A mask came with the camera's frame but holds no picture any more, so the model runs for such frames."
    assert taken == [[True, None, None, 0, None, None, 1], 0, 1, True, [sentence] * 2]
