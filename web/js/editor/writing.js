// The text that is being written, and its parameters: what runs of it, and when. It does a moment after the last key.

/** @typedef {import("../../types/pyselfie.js").EffectState} State */
/** @typedef {Record<string, number | boolean | string>} Values */
/** @typedef {Pick<import("../../types/pyselfie.js").SelfieSegmentationElement, "setEffect" | "setEffectValues">} Stage */

const REST_MS = 400;

/**
 * Emits `opened` when another text takes the place of this one, `change` when text or parameters are others by now, and
 * `rest` when no key has been pressed for a moment, or the text runs, or a parameter is set.
 */
export class Writing extends EventTarget {
  #stage;
  #editor;
  /** What the user has set, by the parameters' names. @type {Values} */
  #values = {};
  /** Parameters that had other values in the text before, as JSON: told once. @type {string | null} */
  #told = null;
  /** The text has just been opened: whatever is not among its values has its default. */
  #isFresh = false;
  /** Runs while the last change waits; else 0. */
  #timer = 0;
  #running = "";
  #hasBegun = false;
  #isHeld = false;

  /**
   * @param {Stage} stage
   * @param {import("./editor.js").Editor} editor
   */
  constructor(stage, editor) {
    super();
    this.#stage = stage;
    this.#editor = editor;
    editor.addEventListener("change", () => this.#onChange());
    editor.addEventListener("run", () => this.run());
  }

  /** Nothing of it runs before somebody says so. */
  get isHeld() {
    return this.#isHeld;
  }

  get hasBegun() {
    return this.#hasBegun;
  }

  /** The last change has not been at rest yet. */
  get isWaiting() {
    return this.#timer !== 0;
  }

  get values() {
    return { ...this.#values };
  }

  /** Nothing runs before `begin`, and what did doesn't any more. */
  holdBack() {
    this.#isHeld = true;
    this.#running = "";
    this.#stage.setEffect(null);
  }

  /** The editor has another text by now. @param {Values} values @param {boolean} [isHeld] it doesn't run yet */
  begin(values, isHeld = false) {
    this.#isHeld = isHeld;
    this.#values = { ...values };
    this.#isFresh = true;
    this.#told = null;
    this.#hasBegun = true;
    this.dispatchEvent(new Event("opened"));
    if (!isHeld) this.run(); // its values follow when its controls are known: see `hear`
  }

  /** Run the text now, the same one again, too: what had failed is tried again. */
  run() {
    this.#stopWaiting();
    if (this.#isHeld || !this.#hasBegun) return;
    this.#running = this.#editor.text;
    this.#stage.setEffect(`${this.#running}\n`); // with a second line no text is taken for an address
    this.#rest();
  }

  /** @param {Values} values */
  set(values) {
    this.#isFresh = false;
    Object.assign(this.#values, values);
    this.dispatchEvent(new Event("change"));
    this.#stage.setEffectValues(values);
    this.#rest();
  }

  /** The engine keeps what was set for an earlier text: one that was opened has its own values. @param {State} state */
  hear({ controls, values }) {
    if (!this.#isFresh) return;
    const wanted = Object.fromEntries(controls.map(({ name, default: usual }) => [name, this.#chosen(name, usual)]));
    const text = JSON.stringify(wanted);
    if (text === this.#told || Object.entries(wanted).every(([name, value]) => values[name] === value)) return;
    this.#told = text;
    this.#stage.setEffectValues(wanted);
  }

  /** Nothing of it runs any more by itself. */
  end() {
    this.#stopWaiting();
    this.#hasBegun = false;
  }

  /** @param {string} name @param {number | boolean | string} usual */
  #chosen(name, usual) {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : usual;
  }

  #onChange() {
    this.dispatchEvent(new Event("change"));
    this.#stopWaiting();
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#editor.text !== this.#running) this.run();
      else this.#rest();
    }, REST_MS);
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #rest() {
    this.dispatchEvent(new Event("rest"));
  }
}
