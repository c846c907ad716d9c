// The effect's parameters as controls: made anew when it has others, and else left alone, as somebody may hold one.

import { byId, make } from "../dom.js";

/** @typedef {import("../../types/pyselfie.js").EffectControl} Control */
/** @typedef {number | boolean | string} Value */

/** Emits `change` {values} with what has been set. */
export class Parameters extends EventTarget {
  #list;
  #none;
  #reset;
  /** @type {Control[]} */
  #controls = [];
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement>} */
  #inputs = new Map();

  /** @param {Document | ShadowRoot} root */
  constructor(root) {
    super();
    this.#list = byId("parameters", HTMLDivElement, root);
    this.#none = byId("no-parameters", HTMLParagraphElement, root);
    this.#reset = byId("defaults-button", HTMLButtonElement, root);
    this.#reset.addEventListener("click", () => this.#emit(this.#defaults));
  }

  get #defaults() {
    return Object.fromEntries(this.#controls.map((control) => [control.name, control.default]));
  }

  /**
   * @param {Control[]} controls
   * @param {Record<string, Value>} values
   */
  show(controls, values) {
    if (JSON.stringify(controls) !== JSON.stringify(this.#controls)) this.#draw(controls);
    for (const [name, input] of this.#inputs) {
      if (!input.matches(":focus") || input.type !== "text") put(input, values[name]);
      tell(input, values[name]); // a slider's own value lies on one of its steps
    }
    this.#reset.hidden = controls.every((control) => control.default === values[control.name]);
  }

  /** @param {Control[]} controls */
  #draw(controls) {
    this.#controls = controls;
    this.#inputs.clear();
    this.#list.replaceChildren(...controls.map((control) => this.#row(control)));
    this.#none.hidden = controls.length > 0;
  }

  /** @param {Control} control */
  #row(control) {
    const input = inputOf(control);
    input.id = `parameter-${control.name}`;
    input.autocomplete = "off";
    input.addEventListener("input", () => {
      const value = chosen(input, control);
      tell(input, value);
      this.#emit({ [control.name]: value });
    });
    this.#inputs.set(control.name, input);
    const title = make("span", {}, control.name.replaceAll("_", " "));
    if (control.kind === "flag") return make("label", { className: "switch" }, title, input);
    const output = control.kind === "number" ? [outputOf(input)] : [];
    return make("div", { className: "setting" }, make("label", { htmlFor: input.id }, title), input, ...output);
  }

  /** @param {Record<string, Value>} values */
  #emit(values) {
    this.dispatchEvent(new CustomEvent("change", { detail: { values } }));
  }
}

/** @param {Control} control */
function inputOf(control) {
  if (control.kind === "choice") {
    return make("select", {}, ...(control.choices ?? []).map((choice) => new Option(choice, choice)));
  }
  const input = make("input");
  input.type = { number: "range", flag: "checkbox", color: "color", text: "text" }[control.kind];
  if (control.kind === "flag") input.setAttribute("role", "switch");
  if (control.kind === "text") input.setAttribute("maxlength", String(control.longest));
  if (control.kind === "number") {
    Object.assign(input, { min: String(control.low), max: String(control.high), step: String(control.step) });
  }
  return input;
}

/** @param {HTMLElement} input */
function outputOf(input) {
  const output = make("output", { "aria-live": "off" }); // the slider itself is read out
  output.htmlFor.add(input.id);
  return output;
}

/** @param {HTMLInputElement | HTMLSelectElement} input @param {Value | undefined} value */
function put(input, value) {
  if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
  else if (input.type === "color") input.value = String(value).toLowerCase();
  else input.value = String(value);
}

/** @param {HTMLInputElement | HTMLSelectElement} input @param {Control} control @returns {Value} */
function chosen(input, { kind }) {
  if (kind === "flag") return /** @type {HTMLInputElement} */ (input).checked;
  return kind === "number" ? Number(input.value) : input.value;
}

/** Write a slider's value beside it. @param {HTMLElement} input @param {Value} value */
function tell(input, value) {
  const output = input.parentElement?.querySelector("output");
  if (output) output.value = String(Number(Number(value).toPrecision(3)));
}
