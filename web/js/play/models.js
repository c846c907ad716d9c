// Which model makes the masks: the user's choice, but for an effect that needs the one which tells classes apart.

import { byId, on } from "../dom.js";

/** A function's line up to its end, that takes `classes`. */
const TAKES_CLASSES = /^def\b(?:(?!\)\s*(?:->[^:]*)?:)[\s\S])*?\bclasses\b/m;

/** Whether this text is an effect of the model that tells classes apart. @param {string} source */
export const takesClasses = (source) => TAKES_CLASSES.test(source);

export class Models {
  #select = byId("model", HTMLSelectElement);
  #viewer;
  #chosen;

  /**
   * @param {import("../page/viewer.js").Viewer} viewer
   * @param {number | undefined} asked  By the page's address.
   */
  constructor(viewer, asked) {
    this.#viewer = viewer;
    if (asked !== undefined) this.#select.value = String(asked);
    this.#chosen = this.#select.value;
    this.#select.addEventListener("change", () => {
      this.#chosen = this.#select.value;
      this.#tell();
    });
    on(viewer.stage, "model", ({ modelAsked }) => {
      this.#select.value = String(modelAsked);
    });
    this.#tell();
  }

  /** @param {boolean} classes whether the effect does nothing without them */
  need(classes) {
    const wanted = classes ? (this.#select.dataset.classes ?? this.#chosen) : this.#chosen;
    if (wanted === this.#select.value) return;
    this.#select.value = wanted;
    this.#tell();
  }

  #tell() {
    this.#viewer.chooseModel(Number(this.#select.value));
  }
}
