/** Starting a module worker from pyselfie's files, on this origin or on another one, saying why one did not start, and ending it. */

const REFRESH_MS = 5_000;
const SIGN_MS = 30_000; // its script and what that imports are a few kilobytes
const GOODBYE_MS = 1_000; // a frame is done in less, and Python's start lets messages through more often

/**
 * Browsers start workers from the page's own origin only. For files on another one it starts from a blob that imports
 * the real script, by CORS.
 *
 * @param {string} url
 */
export function startWorker(url) {
  if (new URL(url).origin === location.origin) return newWorker(url);
  const blob = new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" });
  const start = URL.createObjectURL(blob);
  const worker = newWorker(start);
  for (const type of ["message", "error"])
    worker.addEventListener(type, () => URL.revokeObjectURL(start), { once: true });
  return worker;
}

/** @param {string} url @returns {Worker} */
function newWorker(url) {
  try {
    return new Worker(url, { type: "module" });
  } catch (error) {
    return /** @type {any} */ (new RefusedWorker(/** @type {Error} */ (error)));
  }
}

/** Where a worker is not allowed, or unknown, some browsers throw and others tell by an event: here all do the latter. */
class RefusedWorker extends EventTarget {
  /** @param {Error} error */
  constructor({ message }) {
    super();
    setTimeout(() => this.dispatchEvent(new ErrorEvent("error", { message, cancelable: true })));
  }

  postMessage() {}
  terminate() {}
}

/**
 * Listen for a worker that says nothing at all: its script is missing, refused or never comes.
 *
 * @param {Worker} worker
 * @param {string} url its script
 * @param {string} site
 * @param {(sentence: string) => void} failed called at most once, when cached copies of the scripts have been renewed
 */
export function watchStart(worker, url, site, failed) {
  const over = new AbortController();
  const { signal } = over;
  let forgotten = false;
  const fail = async (/** @type {string} */ what) => {
    over.abort();
    worker.terminate();
    await renewScripts(site);
    if (!forgotten) failed(unreachable(url, what));
  };
  const timer = setTimeout(() => fail(`has not come for ${SIGN_MS / 1000} s`), SIGN_MS);
  signal.addEventListener("abort", () => clearTimeout(timer));
  worker.addEventListener("message", () => over.abort(), { signal });
  worker.addEventListener(
    "error",
    (event) => {
      event.preventDefault();
      event.stopImmediatePropagation(); // the owner's own listener is for a worker that had begun
      void fail(event.message ? `does not run (${event.message})` : "could not be loaded");
    },
    { signal },
  );
  return () => {
    forgotten = true;
    over.abort();
  };
}

/**
 * End a worker, as soon as it has closed the frames that it holds: a browser warns of each that nobody has closed.
 *
 * @param {Worker} worker its owner no longer listens
 * @param {(message: import("./protocol.d.ts").FromWorker) => void} letGo gets what comes until then
 */
export function endWorker(worker, letGo) {
  const end = () => {
    clearTimeout(limit);
    worker.terminate();
  };
  const limit = setTimeout(end, GOODBYE_MS);
  worker.onmessage = ({ data }) => (data.type === "ended" ? end() : letGo(data));
  worker.onerror = (event) => {
    event.preventDefault();
    end();
  };
  worker.postMessage({ type: "end" });
}

/** Without it a damaged script would come out of the browser's cache each time. @param {string} site */
async function renewScripts(site) {
  /** @type {RequestInit} */
  const anew = { cache: "reload", signal: AbortSignal.timeout(REFRESH_MS) };
  try {
    const { files } = await (await fetch(`${site}assets.json`, anew)).json();
    const scripts = Object.keys(files).filter((path) => path.startsWith("js/"));
    await Promise.all(scripts.map(async (path) => (await fetch(site + path, anew)).arrayBuffer()));
  } catch {
    // They are not there either: what is told says so.
  }
}

/** @param {string} url @param {string} what */
function unreachable(url, what) {
  const { origin } = new URL(url);
  const other =
    origin === location.origin
      ? ""
      : ` From ${origin} they need CORS there, and a Content-Security-Policy of this page has to name ${origin} in script-src, connect-src and worker-src, and blob: in worker-src.`;
  return `pyselfie's worker ${what}: it has to be at ${url}, with all of pyselfie's files as they came; copy them there, or say where they are by setSite() or \`site\`.${other}`;
}
