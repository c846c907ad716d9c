// What <selfie-segmentation> is without a picture, and what it tells of itself: placeholder, states, label.

import { elementStyle } from "./style.js";

const NOTHING_YET = "Nothing is painted yet";

export class Shell {
  #internals;
  #progress = document.createElement("span");
  /** Where the canvas goes. */
  stage = document.createElement("div");

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#internals = host.attachInternals();
    this.#internals.role = "img";
    this.#internals.ariaLabel = NOTHING_YET;
    const root = host.attachShadow({ mode: "open" });
    const placeholder = document.createElement("div");
    const slot = document.createElement("slot");
    this.stage.part.add("stage");
    placeholder.part.add("placeholder");
    slot.append(this.#progress);
    placeholder.append(slot);
    root.append(placeholder, this.stage);
    root.adoptedStyleSheets = [elementStyle()];
  }

  get #states() {
    return this.#internals.states;
  }

  get isPainted() {
    return this.#states.has("painted");
  }

  /** Also one that has stopped and begins again. */
  starting() {
    this.#states.add("loading");
    this.#states.delete("ready");
  }

  /** @param {{loaded: number, total: number}} bytes */
  progress({ loaded, total }) {
    this.#progress.textContent = `${Math.round((100 * loaded) / total)} %`;
  }

  ready() {
    this.#loaded();
    this.#states.add("ready");
  }

  /** @param {{code: string, action: string | null}} failure null: it goes on */
  failed({ code, action }) {
    if (action === null) return;
    this.#loaded();
    if (code === "worker") this.#states.delete("ready"); // else a model could not be had, and the last one runs
  }

  #loaded() {
    this.#states.delete("loading");
    this.#progress.textContent = "";
  }

  /** @param {string} label */
  painted(label) {
    this.#states.add("painted");
    this.#internals.ariaLabel = label;
  }

  /** The source has gone. */
  emptied() {
    this.#states.delete("painted");
  }

  stopped() {
    for (const state of ["loading", "ready", "painted"]) this.#states.delete(state);
    this.#internals.ariaLabel = NOTHING_YET;
  }
}
