// A newer version of the site, whole and waiting, takes the place of the one that answers, and the page begins again.

const TURNS = 10;
const TURN_MS = 100;

/**
 * @typedef {"busy" | "others" | "newer" | "silent"} Reason  Why it isn't taken: the visitor does something that may not be
 *   cut off; the version before is used elsewhere, too; a still newer one has come; the browser doesn't get to it in time.
 */

/**
 * @param {ServiceWorker} waiting
 * @param {() => boolean} isBusy asked before each step that can't be undone
 * @param {number} limit in milliseconds
 * @returns {Promise<Reason>} it never resolves where the page begins again
 */
export async function takeOver(waiting, isBusy, limit) {
  const before = Date.now() + limit;
  const late = after(limit).then(() => /** @type {const} */ ("silent"));
  const gone = reached(waiting, "redundant").then(() => /** @type {const} */ ("newer"));
  // The document that a reload replaces is still among those that use the version before, for a moment.
  for (let turn = 0; turn < TURNS; turn++) {
    if (isBusy()) return "busy";
    const said = await Promise.race([ask(waiting, before), gone, late]);
    if (typeof said === "string") return said;
    if (said) {
      const failed = await Promise.race([reached(waiting, "activated"), gone, late]);
      if (failed) return failed;
      if (isBusy()) return "busy";
      location.reload();
      return new Promise(() => {});
    }
    await after(TURN_MS);
  }
  return "others";
}

/** @param {ServiceWorker} waiting @param {number} before a time @returns {Promise<boolean>} whether it takes over */
function ask(waiting, before) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    waiting.postMessage({ takeOverBefore: before }, [port2]);
  });
}

/** @param {ServiceWorker} worker @param {ServiceWorkerState} state @returns {Promise<void>} */
export function reached(worker, state) {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === state) resolve();
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** @param {number} ms @returns {Promise<void>} */
function after(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
