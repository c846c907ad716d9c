// What is being written, as the page keeps it: with its name, over a reload, and aside while somebody else's is shown.

import { Writing } from "../editor/writing.js";
import { aside, forgetAside, load, putAside, save } from "./store.js";

/** @typedef {import("../editor/writing.js").Values} Values */
/** @typedef {{name: string, source: string, values?: Values, line?: number}} Work  line: to begin at */

/** Emits what `Writing` does; `unkept` when the storage does not hold it, and `kept` when it does again. */
export class Session extends Writing {
  #editor;
  #name = "";
  #isUnkept = false;
  /** The user's own work, while somebody else's has its place: for a browser that could not store it. @type {import("./store.js").Work | null} */
  #own = null;

  /**
   * @param {import("../editor/writing.js").Stage} stage
   * @param {import("../editor/editor.js").Editor} editor
   */
  constructor(stage, editor) {
    super(stage, editor);
    this.#editor = editor;
    this.addEventListener("rest", () => this.#keep());
    addEventListener("pagehide", () => {
      if (this.isWaiting) this.#keep(); // a page that only stood there must not be the last one to be stored
    });
  }

  /** Whether the user's own work waits for a work of somebody else's to go. */
  get hasAside() {
    return aside() !== null || this.#own !== null;
  }

  /** @returns {Work} */
  get work() {
    return { name: this.#name, source: this.#editor.text, values: this.values };
  }

  /** Go on where the last visit ended. @returns {boolean} whether there was one */
  resume() {
    return this.#restore(load());
  }

  /** Show somebody else's work; nothing of it runs before `release`, and nothing else does. @param {Work} work */
  hold({ source, values = {} }) {
    if (this.hasBegun && !this.isHeld) {
      this.#keep();
      this.#own ??= this.#kept;
    }
    putAside();
    this.holdBack();
    this.#editor.replace(source, 1);
    this.#name = "";
    this.begin(values, true);
  }

  /** The user has said that it may run. From here on it's their own. */
  release() {
    this.#name = "";
    this.begin(this.values);
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
    this.#name = kept.example;
    this.begin(kept.values);
    return true;
  }

  /** Another work takes the place of this one; undoing brings the text back, but none that was declined. @param {Work} work */
  open({ name, source, values = {}, line = 1 }) {
    if (this.isHeld) this.#editor.begin(source, line);
    else this.#editor.replace(source, line);
    this.#name = name;
    this.begin(values);
  }

  get #kept() {
    return { editor: this.#editor.save(), example: this.#name, values: this.values };
  }

  #keep() {
    if (this.isHeld || !this.hasBegun) return;
    const isUnkept = !save(this.#kept, () => this.#editor.save({ history: false }));
    if (isUnkept !== this.#isUnkept) this.dispatchEvent(new Event(isUnkept ? "unkept" : "kept")); // told once
    this.#isUnkept = isUnkept;
  }
}
