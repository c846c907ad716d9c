// What the address of the page asks for: ?backend=, ?effect=, ?model=.

import { radios } from "../dom.js";

const ALLOWED = {
  backend: { auto: "auto", webgpu: "webgpu", wasm: "wasm" },
  painter: { auto: "auto", webgpu: "webgpu", canvas2d: "canvas2d" },
  effect: Object.fromEntries(radios("effect").map(({ value }) => [value, value])),
  model: { general: "0", landscape: "1", 0: "0", 1: "1" },
};

/**
 * @param {string} search  The query part of the address.
 * @returns {{backend?: "auto"|"webgpu"|"wasm", painter?: "auto"|"webgpu"|"canvas2d", effect?: string, model?: string, complaints: string[]}}
 *   One complaint (a sentence) for each value that is not known; its default is used.
 */
export function readUrlOptions(search) {
  const query = new URLSearchParams(search);
  /** @type {ReturnType<typeof readUrlOptions>} */
  const options = { complaints: [] };
  for (const [name, values] of Object.entries(ALLOWED)) {
    const asked = query.get(name);
    if (asked === null) continue;
    if (Object.hasOwn(values, asked)) {
      Object.assign(options, { [name]: /** @type {Record<string, string>} */ (values)[asked] });
    } else {
      const known = Object.keys(values).join(", ");
      options.complaints.push(
        `The address asks for ${name} “${asked}”, which is not known, so the usual one is used (known: ${known}).`,
      );
    }
  }
  return options;
}
