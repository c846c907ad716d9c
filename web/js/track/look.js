// How a track looks: its options on their way to the engine, a picture as soon as it has come.

import { textOf } from "../show.js";
import { feedBackdrop, hexColor, isColor } from "../sources/background.js";

export class Look {
  #engine;
  #complain;
  #background = new AbortController();
  /** @type {string | undefined} the effect that begins with the picture that is being loaded */
  #withPicture;

  /**
   * @param {import("../engine/engine.js").Engine} engine
   * @param {(code: "option" | "background", message: string) => void} complain
   */
  constructor(engine, complain) {
    this.#engine = engine;
    this.#complain = complain;
  }

  /** @param {ReturnType<typeof import("./track_options.js").judged>} asked */
  change({ options: { background, effect, ...rest }, faults }) {
    for (const fault of faults) queueMicrotask(() => this.#complain("option", fault)); // a new track's listeners come first
    if (background !== undefined) this.#background.abort(); // the newest one counts, also where it is a colour
    const now = effect === undefined ? rest : { ...rest, effect };
    if (background === undefined) {
      if (effect !== undefined) this.#withPicture = undefined; // the newest counts when the picture comes, too
      this.#engine.setOptions(now);
    } else if (isColor(background)) {
      this.#engine.setOptions({ effect: "color", ...now, color: hexColor(background) });
    } else {
      if (Object.keys(rest).length > 0) this.#engine.setOptions(rest);
      void this.#changePicture(background, effect ?? "picture");
    }
  }

  /** The picture first, then the effect that shows it. @param {string} address @param {string} effect */
  async #changePicture(address, effect) {
    this.#background = new AbortController();
    const { signal } = this.#background;
    this.#withPicture = effect;
    try {
      await feedBackdrop(address, (bitmap) => this.#show(bitmap), signal);
    } catch (error) {
      if (!signal.aborted) this.#complain("background", error instanceof Error ? error.message : textOf(error));
    }
  }

  /** @param {ImageBitmap} bitmap */
  #show(bitmap) {
    this.#engine.setBackdrop(bitmap);
    if (this.#withPicture !== undefined) this.#engine.setOptions({ effect: this.#withPicture });
    this.#withPicture = undefined;
  }

  close() {
    this.#background.abort();
  }
}
