// What is being written: the text, its name and its parameters. It runs a moment after the last key, and survives a reload.

import { aside, forgetAside, load, putAside, save } from "./store.js";

/** @typedef {import("../../types/pyselfie.js").EffectState} State */
/** @typedef {{name: string, source: string, values?: Record<string, number | boolean | string>, line?: number}} Work  line: to begin at */

const REST_MS = 400;

/**
 * Emits `opened` when another work takes the place of this one, `change` when it is another by now, `unkept` when
 * the storage does not hold it, and `kept` when it does again.
 */
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
  /** Runs while the last change waits; else 0. */
  #timer = 0;
  #running = "";
  #hasBegun = false;
  #isUnkept = false;
  /** Somebody else has written what is shown, and nobody has said yet that it may run. */
  #isHeld = false;
  /** The user's own work, while somebody else's has its place: for a browser that could not store it. @type {import("./store.js").Work | null} */
  #own = null;

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
    addEventListener("pagehide", () => {
      if (this.#timer) this.#keep(); // a page that only stood there must not be the last one to be stored
    });
  }

  get isHeld() {
    return this.#isHeld;
  }

  /** Whether the user's own work waits for a work of somebody else's to go. */
  get hasAside() {
    return aside() !== null || this.#own !== null;
  }

  /** @returns {Work} */
  get work() {
    return { name: this.#name, source: this.#editor.text, values: { ...this.#values } };
  }

  /** Go on where the last visit ended. @returns {boolean} whether there was one */
  resume() {
    return this.#restore(load());
  }

  /** Show somebody else's work; nothing of it runs before `release`, and nothing else does. @param {Work} work */
  hold({ source, values = {} }) {
    if (this.#hasBegun && !this.#isHeld) {
      this.#keep();
      this.#own ??= this.#kept;
    }
    putAside();
    this.#isHeld = true;
    this.#running = "";
    this.#stage.setEffect(null);
    this.#editor.replace(source, 1);
    this.#begin("", values);
  }

  /** The user has said that it may run. From here on it's their own. */
  release() {
    this.#isHeld = false;
    this.#begin("", this.#values);
  }

  /** The user's own work takes its place again. @returns {boolean} whether there was one */
  goBack() {
    const isBack = this.#restore(aside()) || this.#restore(this.#own);
    if (isBack) this.forgetAside();
    return isBack;
  }

  /** What was put aside is not wanted any more. */
  forgetAside() {
    this.#own = null;
    forgetAside();
  }

  /** @param {import("./store.js").Work | null} kept */
  #restore(kept) {
    if (!kept || !this.#editor.restore(kept.editor)) return false;
    this.#isHeld = false;
    this.#begin(kept.example, kept.values);
    return true;
  }

  /** Another work takes the place of this one; undoing brings the text back, but none that was declined. @param {Work} work */
  open({ name, source, values = {}, line = 1 }) {
    if (this.#isHeld) this.#editor.begin(source, line);
    else this.#editor.replace(source, line);
    this.#isHeld = false;
    this.#begin(name, values);
  }

  /** @param {string} name @param {Record<string, number | boolean | string>} values */
  #begin(name, values) {
    this.#name = name;
    this.#values = { ...values };
    this.#isFresh = true;
    this.#told = null;
    this.#hasBegun = true;
    this.dispatchEvent(new Event("opened"));
    if (!this.#isHeld) this.run(); // its values follow when its controls are known: see `hear`
  }

  /** Run the text now, the same one again, too: what had failed is tried again. */
  run() {
    this.#rest();
    if (this.#isHeld || !this.#hasBegun) return;
    this.#running = this.#editor.text;
    this.#stage.setEffect(`${this.#running}\n`); // with a second line no text is taken for an address
    this.#keep();
  }

  /** @param {Record<string, number | boolean | string>} values */
  set(values) {
    this.#isFresh = false;
    Object.assign(this.#values, values);
    this.dispatchEvent(new Event("change"));
    this.#stage.setEffectValues(values);
    this.#keep();
  }

  /** The engine keeps what was set for an earlier text: a work that was opened has its own values. @param {State} state */
  hear({ controls, values }) {
    if (!this.#isFresh) return;
    const wanted = Object.fromEntries(controls.map(({ name, default: usual }) => [name, this.#chosen(name, usual)]));
    const text = JSON.stringify(wanted);
    if (text === this.#told || Object.entries(wanted).every(([name, value]) => values[name] === value)) return;
    this.#told = text;
    this.#stage.setEffectValues(wanted);
  }

  /** @param {string} name @param {number | boolean | string} usual */
  #chosen(name, usual) {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : usual;
  }

  #onChange() {
    this.dispatchEvent(new Event("change"));
    this.#rest();
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#editor.text !== this.#running) this.run();
      else this.#keep();
    }, REST_MS);
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  get #kept() {
    return { editor: this.#editor.save(), example: this.#name, values: { ...this.#values } };
  }

  #keep() {
    if (this.#isHeld || !this.#hasBegun) return;
    const isUnkept = !save(this.#kept, () => this.#editor.save({ history: false }));
    if (isUnkept !== this.#isUnkept) this.dispatchEvent(new Event(isUnkept ? "unkept" : "kept")); // told once
    this.#isUnkept = isUnkept;
  }
}
