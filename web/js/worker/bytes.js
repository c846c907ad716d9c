/** Bytes that have come: whether they are right, and how many. */

/**
 * @typedef {object} File one of the site's, as far as it has come
 * @property {number} size decoded bytes, from assets.json
 * @property {string} sha256 from assets.json, in hexadecimal
 * @property {number} wire bytes over the wire, 0 until the response has come
 * @property {number} decoded decoded bytes so far; of the request that is furthest, if there are several
 * @property {boolean} expected counts into the total
 * @property {boolean} damaged came with other bytes than listed: the next request goes past the browser's cache
 */

/** Without a secure context there is nothing to compute a hash with. */
export const HAS_HASHES = Boolean(crypto.subtle);

/**
 * What is wrong with the bytes, "" if nothing is; where there are no hashes, the length has to do.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} sha256
 */
export async function wrongHash(bytes, sha256) {
  if (!HAS_HASHES) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return found === sha256 ? "" : `SHA-256 ${found}, expected ${sha256}`;
}

/** How many came over the wire so far. */
export function bytesOverTheWire() {
  const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
  return entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
}

/**
 * How much of these files has come over the wire, and of how much. One that has not answered yet is taken to shrink as much
 * as the others do.
 *
 * @param {File[]} files
 */
export function shares(files) {
  const answered = files.filter(({ wire }) => wire > 0);
  const sum = (/** @type {File[]} */ some, /** @type {(file: File) => number} */ value) =>
    some.reduce((total, file) => total + value(file), 0);
  const shrinking = sum(answered, ({ wire }) => wire) / (sum(answered, ({ size }) => size) || 1) || 1;
  const loaded = sum(answered, ({ wire, decoded, size }) => (wire * decoded) / size);
  return { loaded, total: sum(files, ({ wire, size }) => wire || size * shrinking) };
}
