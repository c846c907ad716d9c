import { discard } from "./frames.js";

const LOST = "A mask came with the camera's frame but holds no picture any more, so the model runs for such frames.";

/** Masks that come with a camera's frames. */
export class Masks {
  #tell;
  #hasTold = false;

  /** @param {(sentence: string) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** Returns the mask if it is wanted and can be sent to the worker; else it is closed. @param {ImageBitmap | undefined} mask @param {boolean} isWanted */
  take(mask, isWanted) {
    const isWhole = mask instanceof ImageBitmap && mask.width > 0; // a closed one, or one that was sent elsewhere, has none
    if (isWanted && isWhole) return mask;
    if (mask) discard(/** @type {ImageBitmap} */ (mask));
    if (isWanted && mask && !this.#hasTold) {
      this.#hasTold = true;
      this.#tell(LOST);
    }
    return null;
  }

  /** Another source comes. */
  forget() {
    this.#hasTold = false;
  }
}
