// The controls of effect, model and mirror: reads them, shows what belongs to the chosen effect, reports changes.

import { byId, radios } from "../dom.js";

/**
 * @typedef {object} EffectOptions  As the engine takes them; Python checks them.
 * @property {string} effect
 * @property {string} [color]
 * @property {number} [strength]
 */

/** Emits `effect`, `model` and `mirror` when the user has changed one of them. */
export class Controls extends EventTarget {
  #effects = radios("effect");
  #models = radios("model");
  #mirror = byId("mirror", HTMLInputElement);
  #strength = byId("strength", HTMLInputElement);
  #strengthText = byId("strength-text", HTMLOutputElement);
  #fillColor = byId("fill-color", HTMLInputElement);
  #backdropColor = byId("backdrop-color", HTMLInputElement);
  #settings = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-for]"));

  constructor() {
    super();
    for (const input of this.#effects) input.addEventListener("change", () => this.#onEffect());
    for (const input of [this.#strength, this.#fillColor, this.#backdropColor]) {
      input.addEventListener("input", () => this.#onEffect());
    }
    for (const input of this.#models) input.addEventListener("change", () => this.#emit("model"));
    this.#mirror.addEventListener("change", () => this.#emit("mirror"));
    this.#showSettings();
  }

  /** @param {{effect?: string, model?: string}} wanted */
  choose({ effect, model }) {
    for (const input of this.#effects) if (input.value === effect) input.checked = true;
    for (const input of this.#models) if (input.value === model) input.checked = true;
    this.#showSettings();
  }

  /** @returns {EffectOptions} */
  get effect() {
    const effect = checked(this.#effects).value;
    if (effect === "blur") return { effect, strength: Number(this.#strength.value) / 100 };
    if (effect === "fill") return { effect, color: this.#fillColor.value };
    if (effect === "color") return { effect, color: this.#backdropColor.value };
    return { effect };
  }

  /** Name of the effect as the page shows it. */
  get effectTitle() {
    return checked(this.#effects).labels?.[0].textContent?.trim() ?? "";
  }

  get model() {
    return Number(checked(this.#models).value);
  }

  get mirror() {
    return this.#mirror.checked;
  }

  set mirror(on) {
    this.#mirror.checked = on;
  }

  #onEffect() {
    this.#showSettings();
    this.#emit("effect");
  }

  #showSettings() {
    const { effect } = this.effect;
    for (const setting of this.#settings) setting.hidden = setting.dataset.for !== effect;
    this.#strengthText.value = `${this.#strength.value} %`;
  }

  /** @param {string} type */
  #emit(type) {
    this.dispatchEvent(new Event(type));
  }
}

/** @param {HTMLInputElement[]} inputs */
function checked(inputs) {
  return inputs.find((input) => input.checked) ?? inputs[0];
}
