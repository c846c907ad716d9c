/** Keeping pyselfie's files in the browser, so that pages beside them work without a network. web/offline/ has the worker. */

import { siteUrl } from "./engine/site.js";

const SCRIPT = "service-worker.js";

/** Where the browser keeps service workers; null where it has none, or may keep nothing. */
export function serviceWorkers() {
  try {
    return navigator.serviceWorker ?? null;
  } catch {
    return null; // a sandboxed frame may not even ask
  }
}

/** Pyselfie's own registration, not that of another part of the origin. @returns {Promise<ServiceWorkerRegistration | null>} */
export async function findRegistration() {
  const scope = siteUrl();
  const found = await serviceWorkers()
    ?.getRegistration(scope)
    .catch(() => undefined);
  return found?.scope === scope ? found : null;
}

/**
 * Keep all files of the site; resolves when that is done.
 *
 * @type {typeof import("../types/pyselfie.js").registerOffline}
 */
export async function registerOffline() {
  const scope = siteUrl();
  if (!`${location}`.startsWith(scope)) {
    const remedy = "put the page there, or give those files to a service worker of your own";
    throw new TypeError(`pyselfie's files are kept for pages below ${scope} only, and this page isn't: ${remedy}.`);
  }
  const registration = await register(scope);
  if (!registration.active) await whole(registration.installing ?? registration.waiting);
}

/** @param {string} scope */
async function register(scope) {
  const refused = (/** @type {string} */ why) =>
    new Error(
      `pyselfie's files can't be kept for use without a network (${why}): that takes a secure page, storage that isn't switched off, and ${scope}${SCRIPT}.`,
    );
  const workers = serviceWorkers();
  if (!workers) throw refused("this browser offers no service workers here");
  try {
    return await workers.register(scope + SCRIPT, { scope, updateViaCache: "none" });
  } catch (error) {
    throw refused(/** @type {Error} */ (error).message);
  }
}

/** @param {ServiceWorker | null} worker @returns {Promise<void>} */
function whole(worker) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated") resolve();
      else if (!worker || worker.state === "redundant")
        reject(
          new Error(
            "Not all of pyselfie's files could be kept: check the network and the room on the disk, then reload.",
          ),
        );
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}
