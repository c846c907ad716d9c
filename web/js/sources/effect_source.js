// An effect in Python as a page gives it: its text, or the address of a file of this site.

import { kindOf, show, textOf } from "../show.js";
import { SourceError } from "./sources.js";
import { parse, request } from "./url.js";

const MOST_KB = 256; // the longest of the examples has 2

/** Whether it is an address and no text: a `URL`, or one line that ends with `.py`. @param {unknown} source */
export function isAddress(source) {
  return kindOf(source) === "URL" || (typeof source === "string" && /^[^\n\r]+\.py$/.test(source));
}

/** Gives an engine the newest effect, whichever comes first. */
export class EffectSource {
  #give;
  #complain;
  #loading = new AbortController();

  /** @param {(source: string | null) => void} give @param {(sentence: string) => void} complain */
  constructor(give, complain) {
    this.#give = give;
    this.#complain = complain;
  }

  /** @param {string | URL | null} source a text, an address, or nothing */
  set(source) {
    this.#loading.abort(); // the newest one counts
    if (isAddress(source)) void this.open(textOf(source));
    else if (source === null || typeof source === "string") this.#give(source);
    else
      this.#complain(
        `The effect is ${show(source)}, but it has to be Python's text, the URL of a .py file or null; the last one stays.`,
      );
  }

  /** @param {string} address relative to the page */
  async open(address) {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const text = await read(address, signal);
      if (!signal.aborted) this.#give(text);
    } catch (error) {
      if (!signal.aborted) this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  /** What is still being loaded is not wanted any more. */
  close() {
    this.#loading.abort();
  }
}

/** @param {string} address @param {AbortSignal} signal */
async function read(address, signal) {
  const url = parse(address, "a .py file");
  const shown = `“${url.href.slice(0, 100)}”`;
  if (url.origin !== location.origin) {
    throw new SourceError(`${shown} is on another site: an effect is code, so copy the file to ${location.origin}.`);
  }
  const response = await request(url, signal, { mode: "same-origin" }); // nor may the server send us there
  if (response.headers.get("Content-Type")?.startsWith("text/html")) {
    void response.body?.cancel();
    throw new SourceError(`${shown} is a web page, but it has to be a Python file: check the address.`);
  }
  const bytes = await readUpTo(1024 * MOST_KB, response);
  if (!bytes) throw new SourceError(`${shown} has more than ${MOST_KB} kB, which is too much for an effect.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SourceError(`${shown} is not UTF-8 text, but it has to be a Python file.`);
  }
}

/** @param {number} most @param {Response} response @returns {Promise<Uint8Array | null>} null: it has more */
async function readUpTo(most, { body }) {
  const bytes = new Uint8Array(most);
  let length = 0;
  for (const reader = body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > most) {
      void reader.cancel();
      return null;
    }
    bytes.set(value, length);
    length += value.length;
  }
  return bytes.subarray(0, length);
}
