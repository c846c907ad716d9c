// What every way in does with options: which ones it has, what a text stands for, and the sentence about a wrong value.
// pysrc/pyselfie/core/option.py makes the same sentences; the table is Python's.

import { OPTIONS } from "./options.generated.js";
import { show } from "./show.js";

/**
 * @typedef {"engine" | "page" | "element" | "track" | "change" | "message" | "address"} Way
 *
 * @typedef {object} Option  A row of pysrc/pyselfie/core/options.py, which says what is what.
 * @property {string} name
 * @property {string} attribute
 * @property {string} short  Its name in the page's address.
 * @property {string} kind
 * @property {string | number | boolean | null} initial
 * @property {string} expected
 * @property {readonly string[]} choices
 * @property {number} [low]
 * @property {number} [high]
 * @property {readonly string[]} ways
 */

/** Types of all that a message to the worker carries as it is. */
export const PLAIN = ["number", "boolean", "string"];

const MOST_LISTED = 8;
const NEAREST = 5;
const LONGEST_NAME = 40;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** @param {Way} way @returns {readonly Option[]} */
export function optionsFor(way) {
  return OPTIONS.filter(({ ways }) => ways.includes(way));
}

/** What a text stands for: an attribute's value, or one of an address. @param {Option} option @param {string} text */
export function readText({ kind }, text) {
  if (kind === "flag") return text !== "false"; // "false" is off: some frameworks write it
  const isNumber = (kind === "number" || kind === "model") && DECIMAL.test(text.trim());
  return isNumber ? Number(text) : text;
}

/** As the engine takes it: a model by its number. @param {Option} option @param {unknown} value of the ones allowed */
export function parsed({ kind, choices }, value) {
  const index = kind === "model" ? choices.indexOf(String(value)) : -1;
  return index < 0 ? value : index;
}

/**
 * What is wrong with a value, without the full stop: who tells it adds what happens next.
 *
 * @param {Option} option
 * @param {unknown} value
 * @param {string} [name]  What the caller calls the option.
 * @returns {string} Empty: nothing.
 */
export function faultOf(option, value, name = option.name) {
  return allows(option, value) ? "" : `${name} is ${show(value)}, but it has to be ${option.expected}`;
}

/** @param {Option} option @param {any} value */
function allows({ kind, choices, low = 0, high = 1 }, value) {
  if (kind === "choice") return choices.includes(value);
  if (kind === "model") return choices.includes(value) || (typeof value === "number" && value in choices);
  if (kind === "number") return typeof value === "number" && low <= value && value <= high;
  if (kind === "flag") return typeof value === "boolean";
  return typeof value === "string"; // what it names shows whether it is one
}

/**
 * The sentence about an option that doesn't exist: it has all of a few names, and of many those that are written most alike.
 *
 * @param {string} name
 * @param {readonly string[]} known
 */
export function unknownOption(name, known) {
  const head = `There is no option ${show(name)};`;
  if (known.length <= MOST_LISTED) return `${head} the options are ${known.join(", ")}.`;
  const start = [...name.slice(0, 2 * LONGEST_NAME)].slice(0, LONGEST_NAME);
  const edits = new Map(known.map((one) => [one, editsOf(start, one)]));
  const near = known.toSorted((one, other) => (edits.get(one) ?? 0) - (edits.get(other) ?? 0)).slice(0, NEAREST);
  return `${head} the nearest are ${near.join(", ")}.`;
}

/** How many letters have to be put in, taken out or changed (Levenshtein). @param {string[]} name @param {string} other */
function editsOf(name, other) {
  let before = Array.from({ length: other.length + 1 }, (_, column) => column);
  name.forEach((letter, row) => {
    const now = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const changed = before[column] + Number(letter !== other[column]);
      now.push(Math.min(now[column] + 1, before[column + 1] + 1, changed));
    }
    before = now;
  });
  return before[other.length];
}

/**
 * The settings that a function of the module takes, judged; null is as good as nothing. What `site` names is judged by
 * whoever goes there.
 *
 * @param {object} given
 * @param {readonly string[]} names  Of options that tracks have, too.
 * @returns {any} by name
 * @throws {TypeError}
 */
export function readSettings(given, names) {
  /** @type {Record<string, unknown>} */
  const read = {};
  for (const [name, value] of entriesOf(given, '{ backend: "wasm" }')) {
    const option = names.includes(name) && optionsFor("track").find((one) => one.name === name);
    if (!option) throw new TypeError(unknownOption(name, names));
    if (value === undefined || value === null) continue;
    const fault = name === "site" ? "" : faultOf(option, value);
    if (fault) throw new TypeError(`${fault}.`);
    read[name] = parsed(option, value);
  }
  return read;
}

/**
 * What an object of options has; a proxy or a getter may throw.
 *
 * @param {unknown} options
 * @param {string} example
 * @param {string} [noun]  What they are called.
 * @returns {[string, unknown][]}
 */
export function entriesOf(options, example, noun = "The options") {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${noun} are ${show(options)}, but they have to be an object like ${example}.`);
  }
  try {
    return Object.entries(options);
  } catch (error) {
    throw new TypeError(`${noun} cannot be read: pass a plain object.`, { cause: error });
  }
}
