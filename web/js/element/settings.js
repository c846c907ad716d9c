// Attributes of <selfie-segmentation> as options of the engine. Values are translated here and judged in Python.

import { hexColor, isColor } from "../sources/background.js";

export const BACKENDS = ["auto", "webgpu", "wasm"];
export const PAINTERS = ["auto", "webgpu", "canvas2d"];
export const FITS = ["contain", "cover", "fill", "none", "scale-down"];
const MODELS = ["general", "landscape"];

/** What a tag without the attribute gets. */
const STRENGTH = 0.5;

/**
 * @param {HTMLElement} element
 * @returns {import("../engine/engine.js").Options}
 */
export function optionsOf(element) {
  const background = element.getAttribute("background");
  const effect = element.getAttribute("effect") ?? impliedEffect(background);
  /** @type {any} */
  const options = {
    effect,
    strength: number(element.getAttribute("strength") ?? STRENGTH),
    mirror: element.hasAttribute("mirror") && element.getAttribute("mirror") !== "false",
    modelSelection: model(element.getAttribute("model-selection") ?? "0"),
  };
  if (background && isColor(background)) options.color = hexColor(background);
  return options;
}

/** @param {string | null} background */
function impliedEffect(background) {
  if (!background) return "blur";
  return isColor(background) ? "color" : "picture";
}

/** A word that is no number is handed on as it is, so that the complaint can quote it. @param {string | number} value */
function number(value) {
  const found = Number(value);
  return value === "" || Number.isNaN(found) ? value : found;
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
