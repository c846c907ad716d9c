// Composites as media stream tracks.

/** @typedef {ImageBitmap | VideoFrame} Frame */

/** @typedef {{track: MediaStreamTrack, write: (frame: Frame) => void, close: () => void}} Output  `write` takes the frame over. */

const BITMAP_AFTER_US = 10_000;

/** A track that shows what is written. @returns {Output} */
export function createOutput() {
  return goesOverCanvas() ? new CanvasOutput() : new GeneratorOutput();
}

/** Whether a track draws what is written: then bitmaps are wanted, see `Host.compositeBitmap`. */
export function goesOverCanvas() {
  return !("MediaStreamTrackGenerator" in globalThis);
}

/** Chromium: frames pass as they are, in a hidden tab, too. */
class GeneratorOutput {
  #writer;
  #newest = -1;
  #newestOfSource = -1;
  #shift = 0;
  #writtenAt = 0;

  constructor() {
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
    this.#put(new VideoFrame(frame, { timestamp, alpha: "discard" }), timestamp);
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
    // Painted once more with other options: an encoder takes each moment only once, and the next frame shows them.
    if (timestamp <= this.#newest || this.track.readyState === "ended") {
      frame.close();
      return;
    }
    this.#newest = timestamp;
    this.#writtenAt = performance.now();
    const timed = frame.timestamp === timestamp ? frame : new VideoFrame(frame, { timestamp });
    if (timed !== frame) frame.close();
    this.#writer.write(timed).catch(() => timed.close()); // the track has ended meanwhile
  }

  close() {
    this.#writer.close().catch(() => {}); // it has ended already
  }
}

/**
 * Elsewhere: a canvas that nobody sees. Firefox would send the alpha that is drawn even from one without `alpha`. Each frame
 * is asked for where a track can be: one that looks for changes itself gives nothing after the second in WebKitGTK.
 */
class CanvasOutput {
  #canvas = document.createElement("canvas");
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));

  constructor() {
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
    drawOpaque(this.#context, frame);
    this.track.requestFrame?.();
    frame.close();
  }

  close() {
    if (this.track.readyState === "ended") return;
    this.track.stop();
    this.track.dispatchEvent(new Event("ended"));
  }
}

/** Fill a canvas with a composite, on black: what is sent is opaque. @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function drawOpaque(context, frame) {
  const { width, height } = context.canvas;
  context.globalCompositeOperation = "copy"; // else a transparent one would show the one before
  context.drawImage(frame, 0, 0, width, height);
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "black";
  context.fillRect(0, 0, width, height);
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

/** Frames for any number of streams, taken from the engine while there is at least one. */
export class Broadcast {
  #tap;
  /** @type {Set<{output: Output, intervalMs: number, next: number}>} */
  #listeners = new Set();

  /** @param {(listener: ((frame: Frame) => void) | null, how?: {asBitmaps: boolean}) => void} tap  See `Engine.tap`. */
  constructor(tap) {
    this.#tap = tap;
  }

  /** @param {number} [fps] at most; without it, each composite */
  stream(fps) {
    const output = createOutput();
    const listener = { output, intervalMs: fps ? 1000 / fps : 0, next: 0 };
    const { track } = output;
    const stop = track.stop.bind(track);
    track.stop = () => {
      stop();
      this.#forget(listener);
    };
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#tap((frame) => this.#spread(frame), { asBitmaps: goesOverCanvas() });
    return new MediaStream([track]);
  }

  /** End all streams. */
  stop() {
    for (const listener of this.#listeners) {
      listener.output.close();
      this.#forget(listener);
    }
  }

  /** @param {{output: Output, intervalMs: number, next: number}} listener */
  #forget(listener) {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#tap(null);
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
