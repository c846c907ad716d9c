// What the address of the page asks for: ?backend=, ?effect=, ?light-wrap= and so on, as docs/deploy.md says.

import { faultOf, optionsFor, parsed, readText } from "../options.js";

/**
 * @param {string} search  The query part of the address.
 * @returns {{options: Record<string, any>, complaints: string[]}}  By the names of the element's properties, and one
 *   complaint (a sentence) for each value that is wrong; its default is used.
 */
export function readUrlOptions(search) {
  const query = new URLSearchParams(search);
  /** @type {ReturnType<typeof readUrlOptions>} */
  const asked = { options: {}, complaints: [] };
  for (const option of optionsFor("page")) {
    const text = query.get(option.short);
    if (text === null) continue;
    const value = readText(option, text);
    const fault = faultOf(option, value, option.short);
    if (fault) asked.complaints.push(`${fault}; the usual one is used.`);
    else asked.options[option.name] = parsed(option, value);
  }
  return asked;
}
