// Composites as media stream tracks.

/** @typedef {ImageBitmap | VideoFrame} Frame */

/**
 * @typedef {object} Output
 * @property {MediaStreamTrack} track
 * @property {(frame: Frame) => void} write  Takes the frame over.
 * @property {() => void} repeat  Shows the last one once more, if nothing has come for a while.
 * @property {() => void} close
 */

const BITMAP_AFTER_US = 10_000;
const REPEATED_AFTER_MS = 200;

/**
 * A track that shows what is written.
 *
 * @param {{alpha?: boolean, steady?: boolean}} [how] alpha: as it is, not on black; steady: it can be repeated
 * @returns {Output}
 */
export function createOutput({ alpha = false, steady = false } = {}) {
  return goesOverCanvas() ? new CanvasOutput(alpha) : new GeneratorOutput(alpha, steady);
}

function goesOverCanvas() {
  return !("MediaStreamTrackGenerator" in globalThis);
}

/** What a track wants to be written. A bitmap where it draws that, see `Host.composite`. @returns {import("../engine/protocol.d.ts").TapForm} */
export function tapForm(alpha = false) {
  if (goesOverCanvas()) return "bitmap";
  return alpha ? "alpha" : "frame";
}

/** Chromium: frames pass as they are, in a hidden tab, too. */
class GeneratorOutput {
  #writer;
  #alpha;
  #steady;
  /** What is shown, if it can be repeated. @type {VideoFrame | null} */
  #last = null;
  #newest = -1;
  #newestOfSource = -1;
  #shift = 0;
  #writtenAt = 0;
  #closed = false;

  /** @param {boolean} alpha @param {boolean} steady */
  constructor(alpha, steady) {
    this.#alpha = alpha ? /** @type {const} */ ("keep") : /** @type {const} */ ("discard");
    this.#steady = steady;
    const generator = new /** @type {any} */ (globalThis).MediaStreamTrackGenerator({ kind: "video" });
    this.#writer = /** @type {WritableStreamDefaultWriter<Frame>} */ (generator.writable.getWriter());
    this.track = /** @type {MediaStreamTrack} */ (generator);
  }

  /** @param {Frame} frame A bitmap follows the newest frame. */
  write(frame) {
    if ("timestamp" in frame) {
      this.#put(frame, this.#onTimeline(frame.timestamp));
      return;
    }
    const timestamp = this.#newest + BITMAP_AFTER_US;
    this.#put(new VideoFrame(frame, { timestamp, alpha: this.#alpha }), timestamp);
    frame.close();
  }

  /** Another source counts from the beginning again, this track goes on. @param {number} timestamp */
  #onTimeline(timestamp) {
    if (timestamp < this.#newestOfSource) {
      const elapsed = 1000 * (performance.now() - this.#writtenAt);
      this.#shift = Math.round(this.#newest + Math.max(elapsed, BITMAP_AFTER_US) - timestamp);
    }
    this.#newestOfSource = timestamp;
    return timestamp + this.#shift;
  }

  /** @param {VideoFrame} frame @param {number} timestamp */
  #put(frame, timestamp) {
    const opaque = frame.format !== null && !frame.format.endsWith("A");
    // Painted once more with other options: an encoder takes each moment only once, and the next frame shows them.
    const late = timestamp <= this.#newest || this.#closed || this.track.readyState === "ended";
    // Still one of the stream before: a recorder whose first frame is opaque keeps no alpha of the others.
    if (late || (opaque && this.#alpha === "keep")) {
      frame.close();
      return;
    }
    this.#newest = timestamp;
    this.#writtenAt = performance.now();
    const fits = frame.timestamp === timestamp && (opaque || this.#alpha === "keep");
    const timed = fits ? frame : new VideoFrame(frame, { timestamp, alpha: this.#alpha });
    if (timed !== frame) frame.close();
    if (this.#steady) {
      this.#last?.close();
      this.#last = timed.clone();
    }
    this.#writer.write(timed).catch(() => timed.close()); // the track has ended meanwhile
  }

  repeat() {
    const elapsed = performance.now() - this.#writtenAt;
    if (!this.#last || elapsed < REPEATED_AFTER_MS) return;
    this.#newestOfSource = Number.POSITIVE_INFINITY; // time has gone on here, but perhaps not there
    this.#put(this.#last.clone(), this.#newest + Math.round(1000 * elapsed));
  }

  close() {
    this.#closed = true; // a frame may be on its way
    this.#last?.close();
    this.#last = null;
    this.#writer.close().catch(() => {}); // it has ended already
  }
}

/**
 * Elsewhere: a canvas that nobody sees. Firefox would send the alpha that is drawn even from one without `alpha`. Each frame
 * is asked for where a track can be: one that looks for changes itself gives nothing after the second in WebKitGTK.
 */
class CanvasOutput {
  #alpha;
  #writtenAt = 0;
  #canvas = document.createElement("canvas");
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));

  /** @param {boolean} alpha */
  constructor(alpha) {
    this.#alpha = alpha;
    const onRequest = "CanvasCaptureMediaStreamTrack" in globalThis; // Firefox has it otherwise, and needs none
    const [track] = this.#canvas.captureStream(onRequest ? 0 : undefined).getVideoTracks();
    this.track = /** @type {MediaStreamTrack & {requestFrame?: () => void}} */ (track);
    hearScripts(this.track);
  }

  /** @param {Frame} frame */
  write(frame) {
    const width = "displayWidth" in frame ? frame.displayWidth : frame.width;
    const height = "displayHeight" in frame ? frame.displayHeight : frame.height;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    draw(this.#context, frame, { opaque: !this.#alpha });
    this.#writtenAt = performance.now();
    this.track.requestFrame?.();
    frame.close();
  }

  repeat() {
    if (performance.now() - this.#writtenAt >= REPEATED_AFTER_MS) this.track.requestFrame?.();
  }

  close() {
    if (this.track.readyState === "ended") return;
    this.track.stop();
    this.track.dispatchEvent(new Event("ended"));
  }
}

/** Fill a canvas with a composite, on black: what is sent is opaque. @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawOpaque(context, frame) {
  draw(context, frame, { opaque: true });
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {{opaque: boolean}} how */
function draw(context, frame, { opaque }) {
  const { width, height } = context.canvas;
  context.globalCompositeOperation = "copy"; // else a transparent one would show the one before
  context.drawImage(frame, 0, 0, width, height);
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "black";
  if (opaque) context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
}

/**
 * Listeners of a track hear in Firefox what the browser tells, and what a script tells only with a fourth argument of its
 * own: without it nobody would hear our events.
 * @param {MediaStreamTrack} track
 */
function hearScripts(track) {
  const add = /** @type {(...given: unknown[]) => void} */ (track.addEventListener).bind(track);
  track.addEventListener = (/** @type {unknown[]} */ ...[type, listener, options]) =>
    add(type, listener, options, true);
}

/** @typedef {{output: Output, alpha: boolean, beat: number, intervalMs: number, next: number}} Listener */

/** Frames for any number of streams, taken from the engine while there is at least one. */
export class Broadcast {
  #tap;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** What the engine has been asked for; empty: nothing. */
  #form = "";

  /** @param {(listener: ((frame: Frame) => void) | null, how?: {form: import("../engine/protocol.d.ts").TapForm}) => void} tap  See `Engine.tap`. */
  constructor(tap) {
    this.#tap = tap;
  }

  /**
   * @param {number} [fps] at most; without it, each composite
   * @param {{alpha?: boolean, steady?: boolean}} [how] steady: the last one is repeated where none comes for a while
   */
  stream(fps, { alpha = false, steady = false } = {}) {
    const output = createOutput({ alpha, steady });
    const beat = steady ? setInterval(() => output.repeat(), REPEATED_AFTER_MS) : 0;
    const listener = { output, alpha, beat, intervalMs: fps ? 1000 / fps : 0, next: 0 };
    const { track } = output;
    const stop = track.stop.bind(track);
    track.stop = () => {
      stop();
      output.close();
      this.#forget(listener);
    };
    this.#listeners.add(listener);
    this.#ask();
    return new MediaStream([track]);
  }

  #ask() {
    const form = tapForm([...this.#listeners].some(({ alpha }) => alpha));
    if (form === this.#form) return;
    this.#form = form;
    this.#tap((frame) => this.#spread(frame), { form });
  }

  /** End all streams. */
  stop() {
    for (const listener of this.#listeners) {
      listener.output.close();
      this.#forget(listener);
    }
  }

  /** @param {Listener} listener */
  #forget(listener) {
    clearInterval(listener.beat);
    if (!this.#listeners.delete(listener)) return;
    if (this.#listeners.size > 0) return this.#ask();
    this.#form = "";
    this.#tap(null);
  }

  /** @param {Frame} frame */
  #spread(frame) {
    const now = performance.now();
    const due = [...this.#listeners].filter(({ next }) => now >= next);
    for (const listener of due)
      listener.next = Math.max(listener.next + listener.intervalMs, now - listener.intervalMs);
    due.slice(1).forEach(({ output }) => void copy(frame).then((copied) => output.write(copied)));
    if (due.length > 0) due[0].output.write(frame);
    else frame.close();
  }
}

/** @param {Frame} frame @returns {Promise<Frame>} */
async function copy(frame) {
  return "clone" in frame ? frame.clone() : createImageBitmap(frame);
}
