// A processor for Twilio's video tracks: `videoTrack.addProcessor(new SelfieProcessor({ effect: "blur" }))`.

import { Engine } from "./js/engine/engine.js";
import { EffectSource } from "./js/sources/effect_source.js";
import { drawOpaque, goesOverCanvas } from "./js/track/composite_stream.js";
import { forwardEvents } from "./js/track/forward_events.js";
import { Look } from "./js/track/look.js";
import { GREY } from "./js/track/placeholder.js";
import { CHANGEABLE, changed, judged, readOptions, WITHOUT_CAMERA } from "./js/track/track_options.js";

/** @typedef {import("./types/twilio.js").ProcessorOptions} ProcessorOptions */
/** @typedef {import("./types/twilio.js").InputFrame} InputFrame */
/** @typedef {ImageBitmap | VideoFrame} Frame */

const PATIENCE_MS = 25; // less than a frame's time: Twilio's frames never queue

/** Only composites and grey are ever painted: a frame of Twilio's goes to the engine or is closed. */
export class SelfieProcessor extends EventTarget {
  /** @type {ProcessorOptions} */
  #options;
  /** @type {{engine: Engine, look: Look} | null} */
  #running = null;
  /** @type {HTMLCanvasElement | null} Twilio makes one for each `addProcessor` and each camera */
  #output = null;
  /** @type {Frame | null} */
  #newest = null;
  #isGrey = true;
  #isReady = false;
  #isTaking = false;
  #hasComplained = false;
  #wake = () => {};

  /** @param {ProcessorOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = readOptions(options, WITHOUT_CAMERA);
  }

  /**
   * Twilio calls this for each frame. What is painted is the newest composite: this frame's where the engine is fast, else
   * the one before.
   *
   * @param {InputFrame} input
   * @param {HTMLCanvasElement} output
   * @returns {Promise<void>}
   */
  async processFrame(input, output) {
    const context = output.getContext("2d");
    if (!context) {
      close(input);
      this.#complainOnce();
      return;
    }
    const { engine } = this.#begun();
    if (output !== this.#output) this.#beginScene(engine, output);
    void this.#give(engine, input);
    if (this.#isReady && !this.#newest) await this.#waitForComposite();
    if (output === this.#output) this.#paint(context);
  }

  /** @param {import("./types/pyselfie.js").TrackChanges} options */
  setOptions(options) {
    const changes = readOptions(options, CHANGEABLE);
    this.#running?.look.change(judged(changes));
    this.#options = changed(this.#options, changes);
  }

  /** Begin again after a failure. Resolves when the engine runs. */
  restart() {
    return this.#begun().engine.start();
  }

  /** Let go of the engine: Twilio does not tell that the processor was removed. With the next frame it begins again. */
  stop() {
    this.#running?.look.close();
    this.#running?.engine.close();
    this.#running = this.#output = null;
    this.#isReady = false;
    this.#forget();
  }

  #begun() {
    this.#running ??= this.#begin();
    return this.#running;
  }

  #begin() {
    const { onFailure, ...given } = this.#options;
    const { options, faults } = judged(given);
    const { site, backend, painter, isolated, effectSource, ...look } = options;
    const engine = new Engine(document.createElement("div"), { site, backend, painter, isolated });
    const running = { engine, look: new Look(engine, (code, message) => this.#complain(code, message)) };
    engine.addEventListener("ready", () => {
      this.#isReady = true;
    });
    engine.addEventListener("error", (event) => this.#onError(/** @type {CustomEvent} */ (event).detail));
    forwardEvents(engine, this);
    running.look.change({ options: look, faults });
    if (effectSource) {
      new EffectSource(
        (source) => engine.setCustomEffect(source),
        (message) => this.#complain("option", message),
      ).set(effectSource);
    }
    engine.tap((frame) => this.#keep(frame), { asBitmaps: goesOverCanvas() });
    void engine.start().catch(() => {}); // told by the `error` event as well
    return running;
  }

  /** @param {Engine} engine @param {HTMLCanvasElement} output */
  #beginScene(engine, output) {
    if (this.#output) engine.reset();
    engine.note({ cut: true, first: true });
    this.#output = output;
    this.#forget();
  }

  /** @param {Engine} engine @param {InputFrame} input */
  async #give(engine, input) {
    const output = this.#output;
    if (!engine.wantsFrame || this.#isTaking) {
      engine.skip();
      close(input);
      return;
    }
    this.#isTaking = true;
    const frame = await frameOf(input).catch(() => null); // a video that has no picture yet
    this.#isTaking = false;
    if (frame && output === this.#output) engine.push(frame);
    else frame?.close();
  }

  /** @param {Frame} frame */
  #keep(frame) {
    this.#newest?.close();
    this.#newest = frame;
    this.#isGrey = false;
    this.#wake();
  }

  /** @returns {Promise<void>} */
  #waitForComposite() {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, PATIENCE_MS);
    });
  }

  #forget() {
    this.#newest?.close();
    this.#newest = null;
    this.#isGrey = true;
  }

  /** @param {CanvasRenderingContext2D} context */
  #paint(context) {
    if (this.#newest) {
      drawOpaque(context, this.#newest);
      this.#newest.close();
      this.#newest = null;
    } else if (this.#isGrey) {
      context.fillStyle = GREY;
      context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    }
  }

  /** @param {{code: string, action: string | null}} detail */
  #onError({ code, action }) {
    if (action === null || (this.#isReady && code !== "worker")) return;
    this.#isReady = false;
    if (this.#options.onFailure === "placeholder") this.#forget();
  }

  #complainOnce() {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#complain(
      "option",
      'SelfieProcessor paints on a 2D canvas, but Twilio gave one of another kind: call addProcessor without outputFrameBufferContextType, or with "2d".',
    );
  }

  /** @param {string} code @param {string} message */
  #complain(code, message) {
    this.dispatchEvent(new CustomEvent("error", { detail: { code, message, action: null } }));
  }
}

/** @param {InputFrame} input @returns {Promise<Frame>} what the input shows now */
async function frameOf(input) {
  if (isFrame(input)) return input;
  try {
    return new VideoFrame(input, { timestamp: Math.round(1000 * performance.now()) });
  } catch {
    return createImageBitmap(input); // this browser has no frames, or none of this
  }
}

/** @param {InputFrame} input */
function close(input) {
  if (isFrame(input)) input.close();
}

/** @param {InputFrame} input @returns {input is VideoFrame} */
function isFrame(input) {
  return "VideoFrame" in globalThis && input instanceof VideoFrame;
}
