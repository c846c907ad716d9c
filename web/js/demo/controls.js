// The controls of effect, model and mirror: reads them, shows what belongs to the chosen effect, reports changes.

import { byId, radios } from "../dom.js";

/** Emits `effect`, `model` and `mirror` when the user has changed one of them. */
export class Controls extends EventTarget {
  #effects = radios("effect");
  #models = radios("model");
  #mirror = byId("mirror", HTMLInputElement);
  #settings = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-for]"));
  /** Ranges, colours and switches, each with the name of the element's property that it sets. */
  #inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-option]"));

  constructor() {
    super();
    for (const input of this.#effects) input.addEventListener("change", () => this.#onEffect());
    for (const input of this.#inputs) input.addEventListener("input", () => this.#onEffect());
    for (const input of this.#models) input.addEventListener("change", () => this.#emit("model"));
    this.#mirror.addEventListener("change", () => this.#emit("mirror"));
    this.#showSettings();
  }

  /** @param {Record<string, any>} wanted  Any of the element's properties; those that have no control are left out. */
  choose(wanted) {
    for (const input of this.#effects) if (input.value === wanted.effect) input.checked = true;
    for (const input of this.#models) if (Number(input.value) === wanted.modelSelection) input.checked = true;
    for (const input of this.#inputs) show(input, wanted[input.dataset.option ?? ""]);
    this.#showSettings();
  }

  /** The effect and what belongs to it. @returns {Record<string, any> & {effect: string}} */
  get effect() {
    const effect = checked(this.#effects).value;
    const own = [...this.#inputs].filter((input) => belongs(input.closest("[data-for]"), effect));
    return { effect, ...Object.fromEntries(own.map((input) => [input.dataset.option, choiceOf(input)])) };
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
    for (const setting of this.#settings) setting.hidden = !belongs(setting, effect);
    for (const { parentElement, value } of this.#inputs) {
      const output = parentElement?.querySelector("output");
      const text = `${Math.round(100 * Number(value))} %`;
      if (output && output.value !== text) output.value = text; // Firefox would read it out again
    }
    for (const input of this.#inputs) {
      const { needs } = input.dataset;
      input.disabled = needs !== undefined && !byId(needs, HTMLInputElement).checked;
    }
  }

  /** @param {string} type */
  #emit(type) {
    this.dispatchEvent(new Event(type));
  }
}

/** @param {HTMLInputElement} input @param {any} value none: it stays */
function show(input, value) {
  if (value === undefined) return;
  if (input.type === "checkbox") input.checked = value !== (input.dataset.off ?? false);
  else input.value = String(value);
}

/** A switch is one of two texts, or a flag. @param {HTMLInputElement} input */
function choiceOf({ type, checked, value, dataset }) {
  if (type === "range") return Number(value);
  if (type !== "checkbox") return value;
  const { off } = dataset;
  if (off === undefined) return checked;
  return checked ? value : off;
}

/** @param {HTMLInputElement[]} inputs */
function checked(inputs) {
  return inputs.find((input) => input.checked) ?? inputs[0];
}

/** @param {Element | null} setting  Without names of effects it's for all of them. @param {string} effect */
function belongs(setting, effect) {
  const effects = setting?.getAttribute("data-for");
  return !effects || effects.split(" ").includes(effect);
}
