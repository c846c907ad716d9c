/** Where the worker is, which all other files lie beside. */

import { show } from "../show.js";

export const WORKER = "js/worker.js";
const HOME = new URL("../../", import.meta.url).href;
const ORIGINAL = /\/@mediapipe\/selfie_segmentation(@[^/]*)?\//;

/** @typedef {(path: string, prefix?: string) => string} LocateFile */

/**
 * @param {LocateFile | undefined} locateFile
 * @returns {string} the worker's URL
 */
export function locateWorker(locateFile) {
  const url = locateFile ? resolve(locateFile(WORKER, HOME)) : new URL(WORKER, HOME);
  if (url.origin === location.origin) return url.href;
  // A program that still names the original's files on a CDN means: take the library's files. Ours are here.
  if (ORIGINAL.test(url.pathname) && HOME.startsWith(location.origin)) return HOME + WORKER;
  throw new Error(
    `pyselfie's worker would come from ${url.href}, but browsers start workers from the page's own origin only ` +
      `(${location.origin}): put pyselfie's files on that site and have locateFile return their URL.`,
  );
}

/** @param {unknown} named */
function resolve(named) {
  const base = globalThis.document?.baseURI ?? location.href;
  if (typeof named !== "string" || !URL.canParse(named, base)) {
    throw new TypeError(`locateFile("${WORKER}") returned ${show(named)}, but it has to return a URL.`);
  }
  // Some clients put a slash of their own between the prefix and the path.
  return new URL(named.startsWith(`${HOME}/`) ? HOME + named.slice(HOME.length + 1) : named, base);
}
