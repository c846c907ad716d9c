// What the effect prints: the newest lines, and how many are lost. Python has made lots of it, four times a second at most.

import { byId } from "../dom.js";

const MOST_LINES = 500;

export class Printed {
  #section;
  #text;
  #lost;
  #said;
  /** @type {string[]} */
  #lines = [];
  #dropped = 0;

  /** @param {Document | ShadowRoot} root */
  constructor(root) {
    this.#section = byId("printed", HTMLElement, root);
    this.#text = byId("printed-text", HTMLPreElement, root);
    this.#lost = byId("printed-lost", HTMLParagraphElement, root);
    this.#said = byId("printed-said", HTMLParagraphElement, root);
    byId("clear-button", HTMLButtonElement, root).addEventListener("click", () => this.clear());
  }

  /** @param {{dropped: number, lines: string[]}} lot */
  add({ dropped, lines }) {
    const isAtEnd = this.#text.scrollHeight - this.#text.scrollTop - this.#text.clientHeight < 8;
    const all = [...this.#lines, ...lines];
    this.#lines = all.slice(-MOST_LINES);
    this.#dropped += dropped + all.length - this.#lines.length;
    this.#show();
    if (isAtEnd) this.#text.scrollTop = this.#text.scrollHeight;
  }

  clear() {
    this.#lines = [];
    this.#dropped = 0;
    this.#show();
  }

  #show() {
    const isEmpty = this.#lines.length === 0;
    this.#section.dataset.empty = String(isEmpty);
    this.#text.textContent = this.#lines.join("\n");
    this.#lost.textContent = this.#dropped > 0 ? `${this.#dropped.toLocaleString("en")} older lines were dropped.` : "";
    // A screen reader hears that something is there, once, and not every line of a text that prints with each frame.
    const said = isEmpty ? "" : "The effect has printed something.";
    if (this.#said.textContent !== said) this.#said.textContent = said;
  }
}
