/** What workers have found out about this machine's GPUs, kept for the next start: in `localStorage`, where there is one. */

const NAME = "pyselfie-gpus";
const MOST = 8; // there are few adapters, and each version of ours has its own

/** Where nothing may be stored it lasts as long as the page. */
let text = "{}";

/** JSON: entries by their keys; what is in them is Python's business. */
export function keptVerdicts() {
  try {
    return localStorage.getItem(NAME) ?? text;
  } catch {
    return text; // a worker of the page's own, or a frame without storage
  }
}

/** @param {string} key @param {string} entry "" forgets it */
export function keepVerdict(key, entry) {
  const others = Object.entries(read()).filter(([name]) => name !== key);
  if (entry) others.push([key, entry]);
  text = JSON.stringify(Object.fromEntries(others.slice(-MOST)));
  try {
    localStorage.setItem(NAME, text);
  } catch {
    // as above, or it is full
  }
}

function read() {
  try {
    return Object(JSON.parse(keptVerdicts()));
  } catch {
    return {}; // somebody else's text below our name
  }
}
