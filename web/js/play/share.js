// A work as the fragment of a link, which no server gets to see: `#effect=VERSION.LENGTH.SUM.DATA`.

/**
 * @typedef {Record<string, number | boolean | string>} Values
 * @typedef {{name: string, source: string, values: Values}} Work
 */

const NAME = "effect=";
const VERSION = 1;
const MOST_LETTERS = 16_384; // longer links are cut by what people send them with
const MOST_BYTES = 262_144; // what DATA may become: a few bytes can be made to inflate to gigabytes
const MOST_VALUES = 64;
const LONGEST_NAME = 100;

/** A work that cannot be shared, or a link that cannot be opened; the message is one sentence for the user. */
export class ShareError extends Error {
  name = "ShareError";
}

/** @param {Work} work @returns {Promise<string>} the fragment, without the # */
export async function toFragment({ name, source, values }) {
  const text = new TextEncoder().encode(JSON.stringify({ name: name.slice(0, LONGEST_NAME), source, values }));
  if (text.length > MOST_BYTES) {
    const size = Math.ceil(text.length / 1024);
    throw new ShareError(`The code has ${size} kB, and a link holds ${MOST_BYTES / 1024} kB at most: make it shorter.`);
  }
  const data = lettersOf(await all(text, new CompressionStream("deflate-raw"), text.length + MOST_BYTES));
  const fragment = `${NAME}${VERSION}.${data.length}.${sumOf(data)}.${data}`;
  if (fragment.length <= MOST_LETTERS) return fragment;
  const kilobytes = Math.ceil(fragment.length / 1024);
  throw new ShareError(
    `The link would have ${kilobytes} kB, and 16 kB is the most that survives being sent: share the code as a file, or make it shorter.`,
  );
}

/** @param {string} fragment @returns {Promise<Work | null>} null: it is no work's */
export async function fromFragment(fragment) {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(NAME)) return null;
  const [version = "", length = "", sum = "", data = ""] = text.slice(NAME.length).split(".");
  if (/^\d+$/.test(version) && Number(version) > VERSION)
    throw new ShareError("The link was made by a newer version of pyselfie: open it on a page that has that version.");
  if (text.length > MOST_LETTERS)
    throw new ShareError("The link is longer than any that this page makes: ask for it again.");
  if (version !== String(VERSION) || !/^\d{1,6}$/.test(length)) throw damaged();
  if (data.length < Number(length))
    throw new ShareError(`The link was cut: ${data.length} of its ${length} characters came. Ask for the whole link.`);
  if (data.length > Number(length) || sumOf(data) !== sum) throw damaged();
  return workOf(await inflated(data));
}

const damaged = () => new ShareError("The link is damaged: some of its characters have changed. Ask for it again.");

/** @param {string} data @returns {Promise<Uint8Array>} */
async function inflated(data) {
  try {
    return await all(bytesOf(data), new DecompressionStream("deflate-raw"), MOST_BYTES);
  } catch (error) {
    throw error instanceof ShareError ? error : damaged();
  }
}

/** @param {Uint8Array} bytes @returns {Work} */
function workOf(bytes) {
  let read;
  try {
    read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged();
  }
  const { name, source, values } = Object(read);
  const entries = Object.entries(Object(values));
  const isWork =
    typeof name === "string" &&
    name.length <= LONGEST_NAME &&
    typeof source === "string" &&
    entries.length <= MOST_VALUES &&
    entries.every(([, value]) => ["number", "boolean", "string"].includes(typeof value));
  if (!isWork) throw damaged();
  return { name, source, values: Object.fromEntries(entries) };
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionStream | DecompressionStream} stream
 * @param {number} most bytes that may come out
 * @throws {ShareError} if more would
 */
async function all(bytes, stream, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    parts.push(part.value);
    if (length <= most) continue;
    await reader.cancel().catch(() => {});
    throw new ShareError(
      `The link holds more than ${most / 1024} kB of code, which no effect needs: it is not opened.`,
    );
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** CRC-32, as zip files have it: what changes on the way changes it. @param {string} text */
function sumOf(text) {
  let sum = ~0;
  for (let index = 0; index < text.length; index++) {
    sum ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (~sum >>> 0).toString(36);
}

/** @param {Uint8Array} bytes */
function lettersOf(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} letters */
function bytesOf(letters) {
  const text = atob(letters.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
