// What is being written: the text, its name and its parameters. It runs a moment after the last key, and survives a reload.

import { load, save } from "./store.js";

/** @typedef {import("../../types/pyselfie.js").EffectState} State */
/** @typedef {{name: string, source: string, values?: Record<string, number | boolean | string>, line?: number}} Work  line: to begin at */

const REST_MS = 400;

/** Emits `opened` {name} when another work takes the place of this one, and `unkept` when it's too long for the storage. */
export class Session extends EventTarget {
  #stage;
  #editor;
  #name = "";
  /** What the user has set, by the parameters' names. @type {Record<string, number | boolean | string>} */
  #values = {};
  /** Parameters that had other values in the work before, as JSON: told once. @type {string | null} */
  #told = null;
  /** The work has just been opened: whatever is not among its values has its default. */
  #isFresh = false;
  #timer = 0;
  #running = "";

  /**
   * @param {import("../../pyselfie.js").SelfieSegmentationElement} stage
   * @param {import("./editor.js").Editor} editor
   */
  constructor(stage, editor) {
    super();
    this.#stage = stage;
    this.#editor = editor;
    editor.addEventListener("change", () => this.#onChange());
    editor.addEventListener("run", () => this.run());
    addEventListener("pagehide", () => this.#keep());
  }

  /** @returns {Work} */
  get work() {
    return { name: this.#name, source: this.#editor.text, values: { ...this.#values } };
  }

  /** Go on where the last visit ended. @returns {boolean} whether there was one */
  resume() {
    const kept = load();
    if (!kept || !this.#editor.restore(kept.editor)) return false;
    this.#begin(kept.example, kept.values);
    this.run();
    return true;
  }

  /** Another work takes the place of this one; undoing brings the text back. @param {Work} work */
  open({ name, source, values = {}, line = 1 }) {
    this.#editor.replace(source, line);
    this.#begin(name, values);
    this.run();
  }

  /** @param {string} name @param {Record<string, number | boolean | string>} values */
  #begin(name, values) {
    this.#name = name;
    this.#values = { ...values };
    this.#isFresh = true;
    this.#told = null;
    this.#stage.setEffectValues(this.#values);
    this.dispatchEvent(new CustomEvent("opened", { detail: { name } }));
  }

  /** Run the text now, the same one again, too: what had failed is tried again. */
  run() {
    clearTimeout(this.#timer);
    this.#running = this.#editor.text;
    this.#stage.setEffect(this.#running);
    this.#keep();
  }

  /** @param {Record<string, number | boolean | string>} values */
  set(values) {
    this.#isFresh = false;
    Object.assign(this.#values, values);
    this.#stage.setEffectValues(values);
    this.#keep();
  }

  /** The engine keeps what was set for an earlier text: a work that was opened has its own values. @param {State} state */
  hear({ controls, values }) {
    if (!this.#isFresh) return;
    const wanted = Object.fromEntries(controls.map(({ name, default: usual }) => [name, this.#values[name] ?? usual]));
    const text = JSON.stringify(wanted);
    if (text === this.#told || Object.entries(wanted).every(([name, value]) => values[name] === value)) return;
    this.#told = text;
    this.#stage.setEffectValues(wanted);
  }

  #onChange() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#editor.text !== this.#running) this.run();
      else this.#keep();
    }, REST_MS);
  }

  #keep() {
    const work = { editor: this.#editor.save(), example: this.#name, values: this.#values };
    if (!save(work, () => this.#editor.save({ history: false }))) this.dispatchEvent(new Event("unkept"));
  }
}
