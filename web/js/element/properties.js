// The attributes of <selfie-segmentation> as properties.

import { textOf } from "../show.js";
import { attributeOf, namesOf, PROPERTIES, settingOf } from "./settings.js";

/** @typedef {import("../options.js").Option} Option */

/** On a server there are no elements: the module can be imported there all the same. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (/** @type {unknown} */ (class {}));
/** Kinds whose property isn't the attribute's text. */
const TYPED = ["flag", "number", "model"];

/** What a flag's attribute has to be; null: it isn't there. @param {Option} option @param {unknown} value */
function flagText({ initial }, value) {
  if (value === null || value === undefined) return null;
  if (value && value !== "false") return ""; // as in the attribute
  return initial ? "false" : null;
}

class Reflecting extends Base {
  /** Attributes that were last written by their property, with its name. @type {Map<string, string>} */
  #written = new Map();

  /** As the page has written it last: the attribute's name or the property's. @param {Option} option */
  nameOf({ attribute }) {
    return this.#written.get(attribute) ?? attribute;
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    this.#written.delete(name);
  }

  /** What was set before the element was defined goes to its setter now. */
  takeEarlyProperties() {
    for (const name of PROPERTIES.keys()) {
      if (!Object.hasOwn(this, name)) continue;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  /** Null takes the attribute away. @param {Option} option @param {unknown} value */
  reflect(option, value) {
    const { name, attribute, kind } = option;
    for (const other of namesOf(option).slice(1)) this.removeAttribute(other); // it would come back when this one goes
    const text = kind === "flag" ? flagText(option, value) : (value ?? null) && textOf(value);
    if (text === null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, text);
    this.#written.set(attribute, name);
  }
}

for (const [name, option] of PROPERTIES) {
  Object.defineProperty(Reflecting.prototype, name, {
    configurable: true,
    enumerable: true,
    /** @this {Reflecting} */
    get() {
      if (!TYPED.includes(option.kind)) return this.getAttribute(attributeOf(this, option) ?? option.attribute);
      const value = settingOf(this, option);
      return option.kind === "number" ? Number(value) : value;
    },
    /** JSX makes `true` of a bare `camera`. @this {Reflecting} @param {unknown} value */
    set(value) {
      const isBare = name === "camera" && typeof value === "boolean";
      this.reflect(option, isBare ? (value ? "" : null) : value);
    },
  });
}

export const ElementProperties =
  /** @type {new () => Reflecting & import("../../types/pyselfie.js").SelfieProperties} */ (
    /** @type {unknown} */ (Reflecting)
  );
