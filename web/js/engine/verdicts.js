/** What workers have found out about this machine's GPUs, kept for the next start: in `localStorage`, where there is one. */

const NAME = "pyselfie-gpus";
const MOST = 8; // there are few adapters, and each version of ours has its own

/** Where nothing may be stored it lasts as long as the page. */
let text = "{}";
/** So does the word of an isolated worker, which is for its like alone: other people's code may have said it. */
let doubtful = "{}";

/** JSON: entries by their keys; what is in them is Python's business. @param {boolean} [trusted] whether the worker is */
export function keptVerdicts(trusted = true) {
  return trusted ? stored() : JSON.stringify({ ...read(stored()), ...read(doubtful) });
}

/** @param {string} key @param {string} entry "" forgets it @param {boolean} [trusted] whether the worker that says it is */
export function keepVerdict(key, entry, trusted = true) {
  const before = read(trusted ? stored() : doubtful);
  const others = Object.entries(before).filter(([name]) => name !== key);
  if (entry) others.push([key, entry]);
  const after = JSON.stringify(Object.fromEntries(others.slice(-MOST)));
  if (!trusted) {
    doubtful = after;
    return;
  }
  text = after;
  try {
    localStorage.setItem(NAME, text);
  } catch {
    // as below, or it is full
  }
}

function stored() {
  try {
    return localStorage.getItem(NAME) ?? text;
  } catch {
    return text; // a worker of the page's own, or a frame without storage
  }
}

/** @param {string} json */
function read(json) {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {}; // somebody else's text below our name
  }
}
