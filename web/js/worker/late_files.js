/** How Python's `import` comes by the archives that are not needed for the start (builder/archives/late_modules.py). */

import { fetchNow } from "./fetch_now.js";
import { isIsolated, tell } from "./page_line.js";

/**
 * Each comes when it is asked for; but an isolated worker, which can ask only its page, cannot wait for an answer without
 * going on, so all of them come with its start.
 *
 * @param {import("./downloads.js").Downloads} downloads
 * @returns {Promise<(path: string, past: boolean) => ArrayBuffer | string | undefined>} as `late_imports.py` calls it
 */
export async function lateFiles(downloads) {
  if (!isIsolated())
    return (path, past) => {
      tell({ type: "fetching" });
      const found = fetchNow(downloads.url(path), past);
      tell({ type: "alive" });
      return found;
    };
  const loads = downloads.late.map(async ({ path }) => [path, await downloads.buffer(downloads.expect(path))]);
  const files = new Map(/** @type {[string, ArrayBuffer][]} */ (await Promise.all(loads)));
  return (path) => {
    const file = files.get(path);
    files.delete(path); // Python has unpacked it by then, once and for all
    return file;
  };
}
