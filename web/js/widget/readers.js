// Who may take pictures from the widget. Whoever frames it writes its address, so this list is kept with the site.

const LIST = new URL("../../widget.json", import.meta.url);

/** @type {Promise<unknown[]> | null} */
let readers = null;

/** @param {string} origin */
export async function mayRead(origin) {
  if (origin === location.origin) return true;
  readers ??= load();
  try {
    return (await readers).includes(origin);
  } catch {
    readers = null; // no answer: the next one may come
    return false;
  }
}

/** A list that is missing or damaged allows nobody else. @returns {Promise<unknown[]>} */
async function load() {
  const response = await fetch(LIST, { cache: "no-cache" });
  const list = response.ok ? (await response.json().catch(() => null))?.readers : null;
  return Array.isArray(list) ? list : [];
}

/** @param {string} origin */
export function refusal(origin) {
  return `${origin} may show this widget, but not take pictures from it: the owner of ${location.origin} has to add “${origin}” to “readers” in widget.json.`;
}
