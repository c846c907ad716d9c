// Attributes of <selfie-segmentation> as options of the engine. Values are translated here and judged in Python.

import { shorten } from "../show.js";
import { hexColor, isColor } from "../sources/background.js";

export const BACKENDS = ["auto", "webgpu", "wasm"];
export const PAINTERS = ["auto", "webgpu", "canvas2d"];
export const FITS = ["contain", "cover", "fill", "none", "scale-down"];
const MODELS = ["general", "landscape"];

/** What a tag without the attribute gets. */
const STRENGTH = 0.5;

/**
 * Frameworks that find the element undefined write a property's name as an attribute, and HTML turns it into lower case:
 * `modelSelection` becomes `modelselection`. `model-selection` wins where both are there; writing the property removes
 * the other.
 *
 * @param {string} attribute
 */
export function lowerCased(attribute) {
  return attribute.replaceAll("-", "");
}

/** @param {HTMLElement} element @param {string} attribute  "false" is off: some frameworks write it. */
export function isOn(element, attribute) {
  return (element.getAttribute(attribute) ?? "false") !== "false";
}

/**
 * @param {HTMLElement} element
 * @returns {import("../engine/engine.js").Options}
 */
export function optionsOf(element) {
  const background = element.getAttribute("background");
  const effect = element.getAttribute("effect") ?? impliedEffect(background);
  /** @type {any} */
  const options = {
    effect: shorten(effect),
    strength: number(element.getAttribute("strength") ?? STRENGTH),
    mirror: isOn(element, "mirror"),
    modelSelection: model(
      element.getAttribute("model-selection") ?? element.getAttribute(lowerCased("model-selection")) ?? "0",
    ),
  };
  if (background && isColor(background)) options.color = hexColor(background);
  return options;
}

/** @param {string | null} background */
function impliedEffect(background) {
  if (!background) return "blur";
  return isColor(background) ? "color" : "picture";
}

/** What isn't a number is handed on as text, so that the error can quote it. @param {string | number} value */
function number(value) {
  const text = String(value).trim();
  const found = Number(text);
  return text !== "" && Number.isFinite(found) ? found : shorten(text);
}

/** @param {string} value */
function model(value) {
  const index = MODELS.indexOf(value);
  return index >= 0 ? index : number(value);
}

/** Options that differ. @param {any} before @param {any} after */
export function changed(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}
