// The chooser of examples. The build has made the list of the files of examples/effects.

import { byId } from "../dom.js";

/**
 * @typedef {object} Example
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {"effect" | "overlay"} kind
 * @property {boolean} classes  Whether it needs a model that tells them apart.
 * @property {number} line      Where the effect begins.
 * @property {string} source
 */

const LIST = new URL("../../play/examples.json", import.meta.url);

/** Emits `choose` {example} when the user wants one. */
export class Examples extends EventTarget {
  #select = byId("example", HTMLSelectElement);
  #about = byId("about", HTMLParagraphElement);
  /** @type {Map<string, Example>} */
  #all = new Map();

  constructor() {
    super();
    this.#select.addEventListener("change", () => this.#choose(this.#select.value));
    byId("new-button", HTMLButtonElement).addEventListener("click", () => this.#choose("new_effect"));
  }

  /** What a new visitor is shown; nothing before they have been loaded. @type {Example | null} */
  first = null;

  async load() {
    const response = await fetch(LIST);
    /** @type {{examples: Example[], new: Example}} */
    const found = await response.json();
    for (const example of [...found.examples, found.new]) this.#all.set(example.name, example);
    const options = found.examples.map(({ name, title }) => new Option(title, name));
    this.#select.append(...options);
    this.first = found.examples[0] ?? null;
  }

  /** Show which one is open, or was when it was begun; any other name is a work of the user's own. @param {import("./session.js").Work} work */
  show({ name, source }) {
    const example = this.#all.get(name);
    const isListed = [...this.#select.options].some(({ value }) => value === name);
    const isVersion = isListed && source.includes(`def ${name}(`); // an example's function has its file's name
    this.#select.value = isVersion ? name : "";
    const changed = isVersion ? "Another version of this example." : "";
    this.#about.textContent = example?.source === source ? example.about : changed;
  }

  /** @param {string} name */
  #choose(name) {
    const example = this.#all.get(name);
    if (example) this.dispatchEvent(new CustomEvent("choose", { detail: { example } }));
  }
}
