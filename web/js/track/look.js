// How a track looks: its options on their way to the engine, a picture as soon as it has come.

import { textOf } from "../show.js";
import { feedBackdrop, hexColor, isColor } from "../sources/background.js";

/** @typedef {import("../engine/engine.js").Options} EngineOptions */

export class Look {
  #engine;
  #complain;
  #background = new AbortController();
  /** @type {EngineOptions | null} what a picture that is being loaded brings along */
  #withPicture = null;

  /**
   * @param {import("../engine/engine.js").Engine} engine
   * @param {(code: "option" | "background", message: string) => void} complain
   */
  constructor(engine, complain) {
    this.#engine = engine;
    this.#complain = complain;
  }

  /** @param {ReturnType<typeof import("./track_options.js").judged>} asked */
  change({ options: { background, ...rest }, faults }) {
    for (const fault of faults) queueMicrotask(() => this.#complain("option", fault)); // a new track's listeners come first
    if (background !== undefined) this.#background.abort(); // the newest one counts, also where it is a colour
    if (this.#withPicture) Object.assign(this.#withPicture, rest); // the newest counts when the picture comes, too
    if (background === undefined) this.#engine.setOptions(rest);
    else if (isColor(background)) this.#engine.setOptions({ effect: "color", ...rest, color: hexColor(background) });
    else void this.#changePicture(background, { effect: "picture", ...rest });
  }

  /** The picture first, then the effect that shows it. @param {string} address @param {EngineOptions} rest */
  async #changePicture(address, rest) {
    this.#background = new AbortController();
    const { signal } = this.#background;
    this.#withPicture = rest;
    try {
      await feedBackdrop(address, (bitmap) => this.#show(bitmap), signal);
    } catch (error) {
      if (!signal.aborted) this.#complain("background", error instanceof Error ? error.message : textOf(error));
    }
  }

  /** @param {ImageBitmap} bitmap */
  #show(bitmap) {
    this.#engine.setBackdrop(bitmap);
    if (this.#withPicture) this.#engine.setOptions(this.#withPicture);
    this.#withPicture = null;
  }

  close() {
    this.#background.abort();
  }
}
