/** Bytes that have come: whether they are right, and how many. */

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
