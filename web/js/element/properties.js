// The attributes of <selfie-segmentation> as properties.

import { textOf } from "../show.js";
import { isOn, lowerCased, optionsOf } from "./settings.js";

/** On a server there are no elements: the module can be imported there all the same. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (/** @type {unknown} */ (class {}));

/** Null takes the attribute away. */
export class ElementProperties extends Base {
  get src() {
    return this.getAttribute("src");
  }

  set src(value) {
    this.#reflect("src", value);
  }

  /** @returns {string | null} */
  get camera() {
    return this.getAttribute("camera");
  }

  /** JSX makes `true` of a bare `camera`. @param {string | boolean | null | undefined} value */
  set camera(value) {
    this.#reflect("camera", value === true ? "" : value === false ? null : value);
  }

  get effect() {
    return this.getAttribute("effect");
  }

  set effect(value) {
    this.#reflect("effect", value);
  }

  get background() {
    return this.getAttribute("background");
  }

  set background(value) {
    this.#reflect("background", value);
  }

  get strength() {
    return Number(optionsOf(this).strength);
  }

  set strength(value) {
    this.#reflect("strength", value);
  }

  /** @returns {string | number | null} */
  get modelSelection() {
    return optionsOf(this).modelSelection ?? null;
  }

  set modelSelection(value) {
    this.#reflect("model-selection", value);
  }

  get site() {
    return this.getAttribute("site");
  }

  set site(value) {
    this.#reflect("site", value);
  }

  get backend() {
    return this.getAttribute("backend");
  }

  set backend(value) {
    this.#reflect("backend", value);
  }

  get painter() {
    return this.getAttribute("painter");
  }

  set painter(value) {
    this.#reflect("painter", value);
  }

  get fit() {
    return this.getAttribute("fit");
  }

  set fit(value) {
    this.#reflect("fit", value);
  }

  get mirror() {
    return isOn(this, "mirror");
  }

  set mirror(value) {
    this.#toggle("mirror", value);
  }

  get paused() {
    return isOn(this, "paused");
  }

  set paused(value) {
    this.#toggle("paused", value);
  }

  /** What was set before the element was defined goes to its setter now. */
  takeEarlyProperties() {
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(ElementProperties.prototype))) {
      if (!Object.hasOwn(this, name)) continue;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  /** @param {string} attribute @param {unknown} value */
  #reflect(attribute, value) {
    const other = lowerCased(attribute);
    if (other !== attribute) this.removeAttribute(other); // it would come back when this one goes
    if (value === null || value === undefined) this.removeAttribute(attribute);
    else this.setAttribute(attribute, textOf(value));
  }

  /** As the attribute, "false" is off. @param {string} attribute @param {unknown} value */
  #toggle(attribute, value) {
    this.toggleAttribute(attribute, Boolean(value) && value !== "false");
  }
}
