// Attributes of <selfie-segmentation> as options of the engine.

import { faultOf, optionsFor, parsed, readText } from "../options.js";
import { hexColor, isColor } from "../sources/background.js";

/** @typedef {import("../options.js").Option} Option */

/** The engine's events that are the element's as well. */
export const FORWARDED = [
  "ready",
  "progress",
  "modelprogress",
  "frame",
  "stats",
  "model",
  "backendchange",
  "notice",
  "overload",
  "effect",
  "trace",
];
/** Every attribute, by the name of its property. */
export const PROPERTIES = new Map(optionsFor("element").map((option) => [option.name, option]));
/** What is told to the engine as it is. */
const TOLD = optionsFor("engine").filter(({ name }) => PROPERTIES.has(name));

/** Every attribute's name, and the option of the engine that follows it; "" if none does. @type {Map<string, string>} */
export const ATTRIBUTES = new Map(
  [...PROPERTIES.values()].flatMap((option) => {
    const told = option.name === "background" ? "color" : TOLD.includes(option) ? option.name : "";
    return namesOf(option).map((name) => [name, told]);
  }),
);

/**
 * The attribute, and the lower-cased property: frameworks that find the element undefined write a property's name as an
 * attribute, and HTML turns it into lower case: `modelSelection` becomes `modelselection`. `model-selection` wins where
 * both are there; writing the property removes the other.
 *
 * @param {Option} option
 */
export function namesOf({ name, attribute }) {
  return [...new Set([attribute, name.toLowerCase()])];
}

/** The attribute that counts, if it's there. @param {HTMLElement} element @param {Option} option */
export function attributeOf(element, option) {
  return namesOf(option).find((name) => element.hasAttribute(name));
}

/** What an attribute stands for; without it, the default. @param {HTMLElement} element @param {Option} option */
export function settingOf(element, option) {
  const name = attributeOf(element, option);
  return name ? parsed(option, readText(option, element.getAttribute(name) ?? "")) : option.initial;
}

/**
 * What the attributes ask the engine for, and the options that are wrong, each with its value.
 *
 * @param {HTMLElement} element
 * @returns {{options: import("../engine/engine.js").Options, wrong: [Option, unknown][]}}
 */
export function optionsOf(element) {
  /** @type {Record<string, any>} */
  const options = {};
  /** @type {[Option, unknown][]} */
  const wrong = [];
  const background = element.getAttribute("background");
  for (const option of TOLD) {
    const isImplied = option.name === "effect" && !element.hasAttribute("effect");
    const value = isImplied ? impliedEffect(background) : settingOf(element, option);
    if (faultOf(option, value)) wrong.push([option, value]);
    else options[option.name] = value;
  }
  if (background && isColor(background)) options.color = hexColor(background);
  return { options, wrong };
}

/** @param {string | null} background */
function impliedEffect(background) {
  if (!background) return PROPERTIES.get("effect")?.initial;
  return isColor(background) ? "color" : "picture";
}

/** Options that differ. @param {any} before @param {any} after */
export function changed(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}
