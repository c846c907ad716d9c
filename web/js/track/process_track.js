// A camera's track in, the same with its background changed out: for calls.

import { Engine } from "../engine/engine.js";
import { feedBackdrop, hexColor, isColor } from "../sources/background.js";
import { captureTrack } from "../sources/capture.js";
import { createOutput } from "./composite_stream.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */
/** @typedef {import("../../types/pyselfie.js").TrackMetrics} TrackMetrics */

const USUAL_FPS = 30;
const PLACEHOLDER_GREY = "rgb(127 127 127)"; // core/effects.py: NEUTRAL_GREY
const PLACEHOLDER_EVERY_MS = 500;
const SETTINGS = ["effect", "background", "strength", "mirror", "modelSelection"];
const FIXED = ["site", "backend", "painter", "onFailure"];

/**
 * @param {MediaStreamTrack} source
 * @param {TrackOptions} [options]
 * @returns {import("../../types/pyselfie.js").ProcessedTrack}
 */
export function processTrack(source, options = {}) {
  if (!(source instanceof MediaStreamTrack) || source.kind !== "video") {
    throw new TypeError(`processTrack needs a video MediaStreamTrack, but got ${describe(source)}.`);
  }
  if (source.readyState === "ended") {
    throw new TypeError("processTrack got a track that has ended: open the camera again and pass its new track.");
  }
  checkNames(options, [...SETTINGS, ...FIXED]);
  return new TrackProcessing(source, options).track;
}

/** @param {unknown} value */
function describe(value) {
  return value instanceof MediaStreamTrack ? `an ${value.kind} track` : Object.prototype.toString.call(value);
}

/** @param {object} options @param {string[]} known */
function checkNames(options, known) {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown) throw new TypeError(`There is no option “${unknown}” here; the options are ${known.join(", ")}.`);
  const { onFailure = "freeze" } = /** @type {TrackOptions} */ (options);
  if (!["freeze", "placeholder"].includes(onFailure)) {
    throw new TypeError(`onFailure is “${onFailure}”, but it has to be “freeze” or “placeholder”.`);
  }
}

/** Only composites and the placeholder are ever written: a frame of the source goes to the engine or is closed. */
class TrackProcessing {
  #source;
  #engine;
  #onFailure;
  #output = createOutput();
  #background = new AbortController();
  #release = () => {};
  #placeholders = 0;
  #size = { width: 0, height: 0 };
  /** @type {TrackMetrics} */
  #metrics = { state: "starting", fps: 0, frames: 0, dropped: 0, framesPerMask: 1, masksReused: 0, stages: {} };

  /** @param {MediaStreamTrack} source @param {TrackOptions} options */
  constructor(source, { site, backend, painter, onFailure = "freeze", ...options }) {
    this.#source = source;
    this.#onFailure = onFailure;
    this.#engine = new Engine(document.createElement("div"), { site, backend, painter });
    this.track = this.#dress(this.#output.track);
    this.#listen();
    this.setOptions("background" in options ? options : { effect: "blur", ...options });
    this.#engine.tap((frame) => this.#onComposite(frame), source.getSettings().frameRate || USUAL_FPS);
    this.#showPlaceholder();
    this.#release = captureTrack(source, this.#engine);
    void this.#engine.start().catch(() => {}); // told by the `error` event as well
  }

  /** @param {ImageBitmap | VideoFrame} frame */
  #onComposite(frame) {
    clearInterval(this.#placeholders);
    this.#output.write(frame);
  }

  /** @param {MediaStreamTrack} track @returns {import("../../types/pyselfie.js").ProcessedTrack} */
  #dress(track) {
    const source = this.#source;
    const stop = track.stop.bind(track);
    const settings = track.getSettings.bind(track);
    const dressed = Object.defineProperties(
      Object.assign(track, {
        setOptions: (/** @type {TrackOptions} */ options) => this.setOptions(options),
        restart: () => this.#restart(),
        getSettings: () => ({ ...settings(), ...source.getSettings(), ...this.#sizeOrNothing() }),
        getConstraints: () => source.getConstraints(),
        getCapabilities: () => source.getCapabilities(),
        applyConstraints: (/** @type {MediaTrackConstraints} */ wanted) => source.applyConstraints(wanted),
        stop: () => {
          stop();
          this.#end();
        },
      }),
      { metrics: { get: () => ({ ...this.#metrics }) }, label: { value: source.label } },
    );
    return /** @type {any} */ (dressed); // tsc does not see what defineProperties adds
  }

  #sizeOrNothing() {
    return this.#size.width > 0 ? this.#size : {};
  }

  #listen() {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ listener) =>
      this.#engine.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    on("ready", ({ backend, reason }) => this.#note({ state: "running", backend, reason }));
    on("backendchange", ({ backend, reason }) => this.#note({ backend, reason }));
    on("frame", ({ width, height }) => {
      this.#size = { width, height };
    });
    on("stats", ({ fps, frames, dropped, framesPerMask, masksReused, stages }) => {
      this.#note({ fps, frames, dropped, framesPerMask, masksReused, stages });
      this.track.dispatchEvent(new CustomEvent("stats", { detail: this.track.metrics }));
    });
    on("error", (detail) => this.#onError(detail));
    this.#source.addEventListener("ended", this.#onSourceEnded);
  }

  /** @param {Partial<TrackMetrics>} news */
  #note(news) {
    Object.assign(this.#metrics, news);
  }

  /** @param {{code: string, message: string, action: string | null}} detail */
  #onError(detail) {
    const stopped = detail.action !== null && (this.#metrics.state !== "running" || detail.code === "worker");
    if (stopped) {
      this.#note({ state: "failed" });
      if (this.#onFailure === "placeholder") this.#showPlaceholder();
    }
    this.track.dispatchEvent(new CustomEvent("error", { detail }));
  }

  #onSourceEnded = () => {
    this.#end();
    this.#output.close();
  };

  async #restart() {
    if (this.track.readyState === "ended") throw new Error("The track has ended: process a new one.");
    this.#note({ state: "starting" });
    await this.#engine.start();
  }

  /** @param {TrackOptions} options */
  setOptions(options) {
    checkNames(options, SETTINGS);
    const { background, ...rest } = options;
    if (background === undefined) this.#engine.setOptions(rest);
    else if (isColor(background)) this.#engine.setOptions({ effect: "color", ...rest, color: hexColor(background) });
    else void this.#changePicture(background, { effect: "picture", ...rest });
  }

  /** The picture first, then the effect that shows it. @param {string} address @param {TrackOptions} rest */
  async #changePicture(address, rest) {
    this.#background.abort();
    this.#background = new AbortController();
    const { signal } = this.#background;
    try {
      let shown = false;
      await feedBackdrop(
        address,
        (bitmap) => {
          this.#engine.setBackdrop(bitmap);
          if (!shown) this.#engine.setOptions(rest);
          shown = true;
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.track.dispatchEvent(new CustomEvent("error", { detail: { code: "background", message, action: null } }));
    }
  }

  /** Something to see before the first composite, and after a failure where that was chosen; again for who comes late. */
  #showPlaceholder() {
    this.#drawPlaceholder();
    clearInterval(this.#placeholders);
    this.#placeholders = setInterval(() => this.#drawPlaceholder(), PLACEHOLDER_EVERY_MS);
  }

  #drawPlaceholder() {
    const { width = 640, height = 360 } = this.#source.getSettings();
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    context.fillStyle = PLACEHOLDER_GREY;
    context.fillRect(0, 0, width, height);
    this.#output.write(canvas.transferToImageBitmap());
  }

  #end() {
    this.#source.removeEventListener("ended", this.#onSourceEnded);
    this.#note({ state: "ended" });
    this.#background.abort();
    clearInterval(this.#placeholders);
    this.#release();
    this.#engine.close();
    this.#source.stop();
  }
}
