/**
 * What Python may ask of JavaScript, channel by channel.
 *
 * @typedef {import("../engine/protocol.d.ts").FromHost} FromHost
 * @typedef {import("../engine/protocol.d.ts").FromPython} FromPython
 * @typedef {{width: number, height: number, data: Uint8Array<ArrayBuffer>}} Pixels
 */
import { bytesOverTheWire, HAS_HASHES } from "./bytes.js";
import { OrtBridge } from "./ort_bridge.js";
import { isIsolated, tell } from "./page_line.js";

export const MODEL_FOLDER = "models/";

/** What all channels share: the downloads, ONNX Runtime, what the browser offers. */
export class Shared {
  #ort;
  /** @type {OrtBridge | null} */
  #first;
  /** @type {Map<string, Promise<ArrayBuffer>>} models whose download began before Python asked */
  #early = new Map();

  /**
   * @param {import("./downloads.js").Downloads} downloads
   * @param {any} ort
   * @param {import("./probe.js").Probe} found
   * @param {OrtBridge} bridge with the first session under way
   */
  constructor(downloads, ort, found, bridge) {
    this.downloads = downloads;
    this.probe = found;
    this.#ort = ort;
    this.#first = bridge;
  }

  /** A bridge for a channel of its own: it has its own GPU device, whose loss is nobody else's. */
  takeBridge() {
    const bridge = this.#first ?? new OrtBridge(this.#ort);
    this.#first = null;
    return bridge;
  }

  /** @param {string} path @param {Promise<ArrayBuffer>} model */
  haveModel(path, model) {
    this.#early.set(path, model);
  }

  /** @param {string} path @param {(loaded: number, total: number) => void} onProgress of a download that begins now */
  model(path, onProgress) {
    const early = this.#early.get(path);
    this.#early.delete(path);
    return early ?? this.downloads.buffer(this.downloads.url(path), onProgress);
  }
}

/** What Python may ask of JavaScript for one channel (pyselfie.browser.js_types.Host). */
export class Host {
  #shared;
  #channel;
  /** What comes through here has the hash that the site's list says. */
  hashesFiles = HAS_HASHES;

  /** @param {Shared} shared @param {number} channel */
  constructor(shared, channel) {
    this.#shared = shared;
    this.#channel = channel;
    this.bridge = shared.takeBridge();
    this.probe = shared.probe;
  }

  /** @param {string} file @param {string} name of the model, for people */
  loadModel(file, name) {
    const text = `Downloading the ${name} model`;
    return this.#shared.model(MODEL_FOLDER + file, (loaded, total) =>
      this.#send({ type: "modelprogress", loaded, total, text }),
    );
  }

  /** @param {FromHost | FromPython} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    tell({ ...message, channel: this.#channel }, transfer);
  }

  /** @param {number} width @param {number} height @param {number} ms */
  painted(width, height, ms) {
    this.#send({ type: "frame", width, height, ms });
  }

  /** @param {number} textNumber */
  effectRuns(textNumber) {
    this.#send({ type: "effect_runs", number: textNumber });
  }

  dropped() {
    this.#send({ type: "dropped" });
  }

  /** @param {string} message JSON of a FromPython */
  post(message) {
    this.#send(JSON.parse(message));
  }

  /** @param {string} message JSON of a Traced @param {Record<string, Pixels | undefined>} pictures by their steps' names */
  trace(message, pictures) {
    const { steps, ...rest } = JSON.parse(message);
    for (const step of steps) step.picture = imageOf(pictures[step.name]);
    this.#send({ type: "trace", steps, ...rest });
  }

  /** @param {number} request @param {any} value @param {string | undefined} error */
  reply(request, value, error) {
    this.#send({ type: "reply", request, value: value?.toJs?.() ?? value, error });
  }

  /** Pixels read as 16-bit floats; Pyodide does not know Float16Array. @param {ImageData} pixels */
  halfFloats({ data }) {
    return new Uint16Array(data.buffer);
  }

  /** @param {number} request @param {any} bitmaps a Python list; they are the page's from here on */
  deliver(request, bitmaps) {
    const value = bitmaps.toJs();
    this.#send({ type: "reply", request, value }, value);
  }

  /**
   * Send what is on the canvas now. A `VideoFrame` is taken in this very task, and streams want it; a bitmap is for a page
   * that draws it: WebKitGTK converts all VideoFrames in one place, where another's picture could come in between.
   *
   * @param {import("../engine/protocol.d.ts").TapForm} form a bitmap where there are no VideoFrames
   * @param {OffscreenCanvas} canvas
   * @param {number | undefined} timestamp microseconds
   */
  composite(form, canvas, timestamp) {
    if (form === "bitmap" || !("VideoFrame" in self)) return this.#compositeBitmap(canvas, timestamp);
    const alpha = form === "alpha" ? "keep" : "discard";
    const frame = new VideoFrame(canvas, { timestamp: timestamp ?? performance.now() * 1000, alpha });
    this.#send({ type: "composite", frame }, [frame]);
  }

  /** @param {OffscreenCanvas} canvas @param {number | undefined} timestamp */
  #compositeBitmap(canvas, timestamp) {
    createImageBitmap(canvas).then((frame) => this.#send({ type: "composite", frame, timestamp }, [frame]));
  }

  /** Tell how much came over the wire so far. */
  downloaded() {
    this.#send({ type: "downloaded", bytes: isIsolated() ? this.#shared.downloads.wire : bytesOverTheWire() });
  }
}

/** @param {Pixels} [pixels] */
function imageOf(pixels) {
  return pixels ? new ImageData(new Uint8ClampedArray(pixels.data.buffer), pixels.width, pixels.height) : null;
}
