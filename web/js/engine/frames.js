/** @typedef {import("./protocol.d.ts").Frame} Frame */

const MOST_OUTSTANDING = 2; // one in the works, one waiting: the worker never idles and no frame grows old

/** Frames on their way to the worker, and the photo on show, which is kept for a worker that begins again. */
export class Frames {
  #post;
  /** @type {Frame | null} */
  #still = null;
  #outstanding = 0;
  #isCut = false;
  #isFirst = false;
  #isPhoto = false; // the still picture is no film's
  /** Frames that were not painted, so far. */
  dropped = 0;

  /** @param {(frame: Frame, kind: {isCut: boolean, isFirst: boolean, isPhoto: boolean, isBlurred: boolean, mask: ImageBitmap | null}, transfer: Transferable[]) => boolean} post returns whether it went */
  constructor(post) {
    this.#post = post;
  }

  /** Whether the worker owes us an answer to a frame. */
  get owed() {
    return this.#outstanding > 0;
  }

  get hasRoom() {
    return this.#outstanding < MOST_OUTSTANDING;
  }

  /**
   * Send a frame of a film; its ownership passes.
   *
   * @param {Frame} frame
   * @param {{isBlurred: boolean, mask: ImageBitmap | null}} more isBlurred: by the camera itself; mask: the camera's own, its ownership passes, too
   */
  pass(frame, more) {
    this.forgetStill();
    return this.#send(frame, more.mask ? [frame, more.mask] : [frame], more);
  }

  /**
   * Send a still picture; its ownership passes.
   *
   * @param {Frame} frame
   * @param {boolean} isPhoto else one of a film that pauses
   * @param {boolean} now else with `sendStill`
   */
  keep(frame, isPhoto, now) {
    this.forgetStill();
    this.#isPhoto = isPhoto;
    this.cut(); // it is looked at for long: its mask is its own
    if (now && !this.#send(frame, [])) return false; // without a transfer the worker gets a copy
    this.#still = frame;
    return true;
  }

  /** Send the photo to a new worker. */
  sendStill() {
    if (this.#still && !this.#send(this.#still, [])) this.#still = null; // refused: it is told once
  }

  /** Take over another engine's still picture. @param {Frames} other */
  succeed(other) {
    this.#still = other.#still;
    this.#isPhoto = other.#isPhoto;
    other.#still = null;
  }

  /** The next frame has nothing to do with those before. */
  cut() {
    this.#isCut = true;
  }

  /** The next frame is the first one of another camera or video, and so a cut, too. */
  begin() {
    this.#isCut = this.#isFirst = true;
  }

  /** @param {Frame} frame @param {Transferable[]} transfer @param {{isBlurred: boolean, mask: ImageBitmap | null}} [more] */
  #send(frame, transfer, more = { isBlurred: false, mask: null }) {
    const kind = { isCut: this.#isCut, isFirst: this.#isFirst, isPhoto: this.#isPhoto, ...more };
    const sent = this.#post(frame, kind, transfer);
    if (sent) {
      this.#outstanding++;
      this.#isCut = this.#isFirst = false;
    } else {
      discard(frame);
      more.mask?.close();
    }
    return sent;
  }

  /** The worker is done with a frame. @param {boolean} dropped */
  settle(dropped) {
    this.#outstanding = Math.max(0, this.#outstanding - 1);
    if (dropped) this.dropped++;
  }

  /** The worker is gone. */
  forget() {
    this.#outstanding = 0;
  }

  forgetStill() {
    this.#still?.close();
    this.#still = null;
    this.#isPhoto = false;
  }
}

/** @param {Frame} frame or whatever else was passed for one */
export function discard(frame) {
  try {
    frame.close?.();
  } catch {
    // a proxy: there is nothing to close
  }
}
