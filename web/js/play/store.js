// What a reload must not lose: in this tab's storage, and in the browser's for the next tab. Without storage it's forgotten.

/** @typedef {{editor: any, example: string, values: Record<string, number | boolean | string>}} Work */

const KEY = "pyselfie.play.1";
/** The user's own work, while one that came by a link has its place. */
const ASIDE = "pyselfie.play.aside.1";
/** Characters; browsers give a page about five million, for everything. */
const MOST = 500_000;

/** @returns {Work | null} */
export const load = () => read(KEY);

/** What was put aside. @returns {Work | null} */
export const aside = () => read(ASIDE);

/** Keep what is stored now for later: another work is about to be stored. What was put aside before stays instead. */
export function putAside() {
  const work = load();
  const text = work && JSON.stringify(work);
  for (const storage of storages()) {
    try {
      if (text && !storage.getItem(ASIDE)) storage.setItem(ASIDE, text);
    } catch {} // it is full of other things
  }
}

/** Nobody wants it any more. */
export function forgetAside() {
  for (const storage of storages()) storage.removeItem(ASIDE);
}

/** @param {string} key @returns {Work | null} */
function read(key) {
  for (const storage of storages()) {
    try {
      const work = JSON.parse(storage.getItem(key) ?? "null");
      if (typeof work?.example === "string" && typeof work.values === "object" && work.editor) return work;
    } catch {} // not ours, or damaged: the next one may be better
  }
  return null;
}

/**
 * @param {Work} work
 * @param {() => any} withoutHistory  The editor's state again, as small as it can be.
 * @returns {boolean} false if no storage holds it; where there is none, nothing has been promised
 */
export function save(work, withoutHistory) {
  let text = JSON.stringify(work);
  if (text.length > MOST) text = JSON.stringify({ ...work, editor: withoutHistory() });
  const found = [...storages()];
  let isKept = found.length === 0;
  for (const storage of found) {
    storage.removeItem(KEY); // no reload shall bring back what stood here before
    if (text.length > MOST) continue;
    try {
      storage.setItem(KEY, text);
      isKept = true;
    } catch {} // it is full of other things
  }
  return isKept;
}

/** A browser that forbids them throws at their very names. */
function* storages() {
  for (const name of /** @type {const} */ (["sessionStorage", "localStorage"])) {
    try {
      yield self[name];
    } catch {} // this one is forbidden
  }
}
