// One recording: what the browser's recorder gives is kept second by second, so whatever ends it, there is a file.

/** @typedef {import("../../types/pyselfie.js").Recorded} Recorded */
/** @typedef {Recorded["reason"]} Reason */

const EACH_MS = 1000;
const BITS_PER_PIXEL = 3; // and second: 2.8 million a second for 1280x720
const FEWEST_BITS = 1_000_000;
/** In WebM, how the alpha beside a frame begins: "BlockAddID" 1, then "BlockAdditional". Chromium's header promises it always. */
const ALPHA = [0xee, 0x81, 0x01, 0xa5];
const FIRST_FRAMES_BYTES = 1 << 20;

/** See `Recording` in `web/types/pyselfie.d.ts`. */
export class Recording extends EventTarget {
  #recorder;
  #limits;
  #release;
  /** @type {Blob[]} */
  #pieces = [];
  #bytes = 0;
  #counted = 0; // ms, without the stretch that runs
  /** When that began; null: it is paused, or over. @type {number | null} */
  #since = performance.now();
  /** @type {Reason} */
  #reason = "ended";
  #message = "";
  /** @type {PromiseWithResolvers<Recorded>} */
  #finished = Promise.withResolvers();

  /**
   * @param {MediaStream} stream
   * @param {string} type  For the browser's recorder.
   * @param {{maxSeconds: number, maxBytes: number}} limits
   * @param {{width: number, height: number, release: () => void}} source  The picture's size; `release` lets go of the stream.
   * @throws {Error} If the browser's recorder refuses.
   */
  constructor(stream, type, limits, { width, height, release }) {
    super();
    this.#limits = limits;
    this.#release = release;
    const videoBitsPerSecond = Math.max(FEWEST_BITS, BITS_PER_PIXEL * width * height);
    this.#recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond });
    this.#recorder.ondataavailable = ({ data }) => this.#take(data);
    this.#recorder.onerror = (event) => this.#fail(event);
    this.#recorder.onstop = () => void this.#finish();
    for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => this.#end("ended"));
    this.#recorder.start(EACH_MS);
  }

  get state() {
    const { state } = this.#recorder;
    return state === "inactive" ? "finished" : state;
  }

  get seconds() {
    return (this.#counted + (this.#since === null ? 0 : performance.now() - this.#since)) / 1000;
  }

  get bytes() {
    return this.#bytes;
  }

  get finished() {
    return this.#finished.promise;
  }

  pause() {
    if (this.#recorder.state !== "recording") return;
    this.#recorder.pause();
    this.#stopClock();
    this.#tell();
  }

  resume() {
    if (this.#recorder.state !== "paused") return;
    this.#recorder.resume();
    this.#since = performance.now();
    this.#tell();
  }

  stop() {
    this.#end("stopped");
    return this.finished;
  }

  #stopClock() {
    this.#counted = 1000 * this.seconds;
    this.#since = null;
  }

  /** @param {Blob} data */
  #take(data) {
    this.#pieces.push(data);
    this.#bytes += data.size;
    this.#tell();
    const { maxSeconds, maxBytes } = this.#limits;
    if (this.seconds >= maxSeconds) this.#end("limit", `The recording has reached its ${maxSeconds} s.`);
    else if (this.#bytes >= maxBytes) this.#end("limit", `The recording has reached its ${maxBytes / 1e6} MB.`);
  }

  /** @param {Event} event */
  #fail(event) {
    const { error } = /** @type {Event & {error?: unknown}} */ (event);
    this.#end("error");
    this.#reason = "error"; // also where it has stopped before it tells
    this.#message = `The browser's recorder has failed (${error ?? "it says no more"}).`;
  }

  /** @param {Reason} reason @param {string} [message] */
  #end(reason, message = "") {
    if (this.#since !== null) this.#stopClock();
    if (this.#recorder.state === "inactive") return;
    this.#reason = reason;
    this.#message = message;
    this.#recorder.stop();
  }

  async #finish() {
    if (this.#since !== null) this.#stopClock();
    this.#release();
    const blob = new Blob(this.#pieces, { type: this.#recorder.mimeType });
    const transparent = await hasAlpha(blob);
    this.#pieces = [];
    const { seconds } = this;
    this.#finished.resolve({ blob, seconds, transparent, reason: this.#reason, message: this.#message });
    this.#tell();
  }

  #tell() {
    const { state, seconds, bytes } = this;
    this.dispatchEvent(new CustomEvent("progress", { detail: { state, seconds, bytes } }));
  }
}

/** @param {Blob} blob */
async function hasAlpha(blob) {
  if (!blob.type.includes("webm")) return false;
  try {
    const begin = new Uint8Array(await blob.slice(0, FIRST_FRAMES_BYTES).arrayBuffer());
    return begin.some((_, start) => ALPHA.every((byte, index) => begin[start + index] === byte));
  } catch {
    return false; // the browser had no room for the data: who saves it is told
  }
}
