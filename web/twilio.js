// A processor for Twilio's video tracks: `videoTrack.addProcessor(new SelfieProcessor({ effect: "blur" }))`.

import { siteUrl } from "./js/engine/site.js";
import { textOf } from "./js/show.js";
import { saidBy } from "./js/sources/platform_effects.js";
import { beginEngine } from "./js/track/begin_engine.js";
import { drawOpaque, tapForm } from "./js/track/composite_stream.js";
import { forwardEvents } from "./js/track/forward_events.js";
import { Pace } from "./js/track/pace.js";
import { GREY } from "./js/track/placeholder.js";
import { CHANGEABLE, changed, judged, readOptions, WITHOUT_CAMERA } from "./js/track/track_options.js";
import { USUAL_FPS } from "./js/track/track_source.js";

/** @typedef {import("./types/twilio.js").ProcessorOptions} ProcessorOptions */
/** @typedef {import("./types/twilio.js").InputFrame} InputFrame */
/** @typedef {ImageBitmap | VideoFrame} Frame */
/** @typedef {import("./js/engine/engine.js").Engine} Engine */

const PATIENCE_MS = 25; // less than a frame's time: Twilio's frames never queue
const OTHER_CANVAS =
  'SelfieProcessor paints on a 2D canvas, but Twilio gave one of another kind: call addProcessor without outputFrameBufferContextType, or with "2d".';

/** Only composites and grey are ever painted: a frame of Twilio's goes to the engine or is closed. */
export class SelfieProcessor extends EventTarget {
  /** @type {ProcessorOptions} */
  #options;
  /** @type {ReturnType<typeof beginEngine> | null} */
  #running = null;
  /** @type {HTMLCanvasElement | null} Twilio makes one for each `addProcessor` and each camera */
  #output = null;
  /** @type {Frame | null} */
  #newest = null;
  /** @type {Set<number | undefined> | null} timestamps that the engine got since another scene began, until one comes back */
  #awaited = null;
  #pace = new Pace(USUAL_FPS);
  #isGrey = true;
  #isReady = false;
  #isTaking = false;
  #hasComplained = false;
  #wake = () => {};

  /** @param {ProcessorOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = readOptions(options, WITHOUT_CAMERA);
    siteUrl(this.#options.site); // throws here what would be thrown at the first frame
  }

  /**
   * Twilio calls this for each frame. What is painted is the newest composite: this frame's where the engine is fast, else
   * the one before. It never rejects, as Twilio's track would be black for ever.
   *
   * @param {InputFrame} input
   * @param {HTMLCanvasElement} output
   * @returns {Promise<void>}
   */
  async processFrame(input, output) {
    const context = output.getContext("2d");
    if (!context) {
      close(input);
      this.#complainOnce("option", OTHER_CANVAS);
      return;
    }
    try {
      await this.#process(input, output, context);
    } catch (error) {
      close(input);
      paintGrey(context);
      this.#complainOnce("worker", noFrame(error));
    }
  }

  /** @param {InputFrame} input @param {HTMLCanvasElement} output @param {CanvasRenderingContext2D} context */
  async #process(input, output, context) {
    const { engine } = this.#begun();
    if (output !== this.#output) this.#beginScene(engine, output);
    if (this.#pace.note(performance.now())) this.#tap(engine);
    void this.#give(engine, input);
    if (this.#isReady && !this.#newest) await this.#waitForComposite();
    if (output === this.#output) this.#paint(context);
  }

  /** @param {import("./types/pyselfie.js").TrackChanges} options */
  setOptions(options) {
    const changes = readOptions(options, CHANGEABLE);
    this.#running?.look.change(judged(changes));
    this.#options = changed(this.#options, changes);
    const shows = changes.effect !== undefined || changes.background !== undefined;
    if (shows) this.#dropNewest(); // what was behind the person before; a slider may change the rest with each frame
  }

  /** Begin again after a failure. Resolves when the engine runs. */
  restart() {
    return this.#begun().restart();
  }

  /** Let go of the engine: Twilio does not tell that the processor was removed. With the next frame it begins again. */
  stop() {
    this.#running?.close();
    this.#running = this.#output = null;
    this.#isReady = this.#hasComplained = false;
    this.#forget();
  }

  #begun() {
    this.#running ??= this.#begin();
    return this.#running;
  }

  #begin() {
    const { onFailure, ...given } = this.#options;
    const running = beginEngine(given, {
      onState: (state) => {
        this.#isReady = state === "running";
        if (state === "failed" && onFailure === "placeholder") this.#forget();
      },
      complain: (code, message) => this.#complain(code, message),
    });
    forwardEvents(running.engine, this);
    this.#tap(running.engine);
    return running;
  }

  /** @param {Engine} engine */
  #tap(engine) {
    const how = { fps: this.#pace.fps, form: tapForm() };
    engine.tap((frame, timestamp = timestampOf(frame)) => this.#keep(frame, timestamp), how);
  }

  /** @param {Engine} engine @param {HTMLCanvasElement} output */
  #beginScene(engine, output) {
    if (this.#output) engine.reset();
    engine.note({ cut: true, first: true });
    this.#output = output;
    this.#awaited = new Set();
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
    if (!frame || output !== this.#output) {
      frame?.close();
      return;
    }
    const timestamp = timestampOf(frame); // the frame is gone after this
    if (engine.push(frame, saidBy(frame))) this.#awaited?.add(timestamp);
  }

  /** @param {Frame} frame @param {number} [timestamp] */
  #keep(frame, timestamp) {
    if (this.#awaited && !this.#awaited.has(timestamp)) return frame.close(); // of the camera before
    this.#awaited = null;
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
    this.#dropNewest();
    this.#isGrey = true;
  }

  #dropNewest() {
    this.#newest?.close();
    this.#newest = null;
  }

  /** @param {CanvasRenderingContext2D} context */
  #paint(context) {
    if (this.#newest) {
      drawOpaque(context, this.#newest);
      this.#dropNewest();
    } else if (this.#isGrey) {
      paintGrey(context);
    }
  }

  /** What may come with each frame is told once. @param {string} code @param {string} message */
  #complainOnce(code, message) {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#complain(code, message);
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

/** @param {unknown} error */
function noFrame(error) {
  return `SelfieProcessor could not process a frame (${textOf(error)}), so grey is sent: call stop(), and it begins again with the next one.`;
}

/** @param {Frame} frame @returns {number | undefined} a bitmap has none */
function timestampOf(frame) {
  return "timestamp" in frame ? frame.timestamp : undefined;
}

/** @param {CanvasRenderingContext2D} context */
function paintGrey(context) {
  const { width, height } = context.canvas;
  context.fillStyle = GREY;
  context.fillRect(0, 0, width, height);
}

/** @param {InputFrame} input */
function close(input) {
  if (isFrame(input)) input.close();
}

/** @param {InputFrame} input @returns {input is VideoFrame} */
function isFrame(input) {
  return "VideoFrame" in globalThis && input instanceof VideoFrame;
}
