/** Where the worker is, from which all other files are found. */

import { baseUrl, siteUrl, WORKER } from "../engine/site.js";
import { show } from "../show.js";

const ORIGINAL = /\/@mediapipe\/selfie_segmentation(@[^/]*)?\//;

/** @typedef {(path: string, prefix?: string) => string} LocateFile */

/**
 * @param {LocateFile | undefined} locateFile
 * @returns {string} the worker's URL
 */
export function locateWorker(locateFile) {
  const site = siteUrl();
  if (!locateFile) return site + WORKER;
  const url = resolve(locateFile(WORKER, site), site);
  // A program that still names the original's files on a CDN means: take the library's files.
  return url.origin !== location.origin && ORIGINAL.test(url.pathname) ? site + WORKER : url.href;
}

/** @param {unknown} named @param {string} site */
function resolve(named, site) {
  const base = baseUrl();
  // Nothing lies beside a data: or blob: URL.
  if (typeof named !== "string" || !URL.canParse(named, base) || !URL.canParse("../", new URL(named, base).href)) {
    throw new TypeError(`locateFile("${WORKER}") returned ${show(named)}, but it has to return the URL of that file.`);
  }
  // Some clients put a slash of their own between the prefix and the path.
  return new URL(named.startsWith(`${site}/`) ? site + named.slice(site.length + 1) : named, base);
}
