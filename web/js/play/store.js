// What a reload must not lose: in this tab's storage, and in the browser's for the next tab. Without storage it's forgotten.

/** @typedef {{editor: any, example: string, values: Record<string, number | boolean | string>}} Work */

const KEY = "pyselfie.play.1";
/** Characters; browsers give a page about five million, for everything. */
const MOST = 500_000;

/** @returns {Work | null} */
export function load() {
  for (const storage of storages()) {
    try {
      const work = JSON.parse(storage.getItem(KEY) ?? "null");
      if (typeof work?.example === "string" && typeof work.values === "object" && work.editor) return work;
    } catch {} // not ours, or damaged: the next one may be better
  }
  return null;
}

/**
 * @param {Work} work
 * @param {() => any} withoutHistory  The editor's state again, as small as it can be.
 * @returns {boolean} false if it is too long to be kept
 */
export function save(work, withoutHistory) {
  let text = JSON.stringify(work);
  if (text.length > MOST) text = JSON.stringify({ ...work, editor: withoutHistory() });
  for (const storage of storages()) {
    storage.removeItem(KEY); // no reload shall bring back what stood here before
    if (text.length > MOST) continue;
    try {
      storage.setItem(KEY, text);
    } catch {} // it is full of other things
  }
  return text.length <= MOST;
}

/** A browser that forbids them throws at their very names. */
function* storages() {
  for (const name of /** @type {const} */ (["sessionStorage", "localStorage"])) {
    try {
      yield self[name];
    } catch {} // this one is forbidden
  }
}
