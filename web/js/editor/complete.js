// What the editor offers: NumPy's names, what an effect is given, arrays' attributes. The build has collected them.

import { siteUrl } from "../engine/site.js";

/**
 * @typedef {{name: string, kind: string, detail: string, about: string, usual?: boolean}} Entry
 * @typedef {{numpy: Entry[], spaces: Record<string, Entry[]>, array: Entry[], given: Entry[], pyselfie: Entry[]}} Names
 * @typedef {import("@codemirror/autocomplete").CompletionContext} Context
 * @typedef {import("@codemirror/autocomplete").CompletionResult} Result
 */

const LIST = "js/editor/completions.json";
const WORD = /^\w*$/;
/** Of an array that the effect is given, these are known. */
const SHAPED = ["shape", "dtype"];

/** @type {Promise<Names> | undefined} */
let loading;

/** They come with the first question: nobody who only looks needs them. @returns {Promise<Names | null>} */
function names() {
  loading ??= fetch(`${siteUrl()}${LIST}`).then((response) => response.json());
  return loading.catch(() => {
    loading = undefined; // the network may be back for the next question
    return null;
  });
}

/** @param {Entry} entry @param {number} boost */
function optionOf({ name, kind, detail, about }, boost) {
  return { label: name, type: kind, detail, info: about || undefined, boost };
}

/** Names that an import of the text makes: what has a dot after one is no array. @param {string} text */
function imported(text) {
  const found = new Set();
  for (const [, list] of text.matchAll(/^\s*(?:from\s+\S+\s+)?import\s+\(?([^\n#]+)/gm)) {
    for (const item of list.split(","))
      found.add(
        item
          .trim()
          .split(/\s+as\s+/)
          .at(-1),
      );
  }
  return found;
}

/**
 * @param {Names} all
 * @param {string} owner  What stands before the dot.
 * @param {string} text
 */
function attributes(all, owner, text) {
  const parts = owner.split(".");
  if (parts[0] === "np" || parts[0] === "numpy") return parts.length === 1 ? all.numpy : (all.spaces[parts[1]] ?? []);
  if (imported(text).has(parts[0]) || owner === "state" || owner === "time" || owner === "classes") return [];
  const shape = all.given.find(({ name }) => name === owner)?.detail;
  return all.array.map((entry) => (shape && SHAPED.includes(entry.name) ? { ...entry, detail: shape } : entry));
}

/** @param {Context} context @returns {Promise<Result | null>} */
export async function complete(context) {
  const dotted = context.matchBefore(/[\w.)\]]*\.\w*/);
  const word = context.matchBefore(/\w+/);
  if (!dotted && !word && !context.explicit) return null;
  const all = await names();
  if (!all) return null;
  if (dotted) {
    const at = dotted.text.lastIndexOf(".");
    const entries = attributes(all, dotted.text.slice(0, at), context.state.doc.toString());
    const options = entries.map((entry) => optionOf(entry, entry.usual || SHAPED.includes(entry.name) ? 2 : 0));
    return { from: dotted.from + at + 1, options, validFor: WORD };
  }
  const own = [...all.given.map((entry) => optionOf(entry, 3)), ...all.pyselfie.map((entry) => optionOf(entry, 1))];
  return { from: word?.from ?? context.pos, options: own, validFor: WORD };
}
