import { kindOf, show, textOf } from "../show.js";

/**
 * Where pyselfie's files are: js/worker.js and all that it loads (assets.json, models/, python/, vendor/).
 *
 * Outside a bundle they are where this module came from. In a bundle nothing tells, so that the folder `pyselfie/` beside
 * the page is tried.
 */

// Taken apart so that bundlers, which look for `new URL("…", import.meta.url)`, do not copy a file out of its folder.
const HERE = import.meta.url;
const OWN_PATH = "js/engine/site.js";
const IN_A_BUNDLE = "pyselfie/";

const LONGEST = 2000; // what every browser, server and proxy takes as a URL

export const WORKER = "js/worker.js";

/** What `setSite` was given, "" before. */
let chosen = "";

/** Say where pyselfie's files are, before anything of it is used. @param {string | URL} url of the folder, absolute or relative to the page */
export function setSite(url) {
  chosen = folder(url);
}

/** The URL of the folder, with the slash at its end. @param {string | URL | null} [asked] instead of `setSite`'s */
export function siteUrl(asked) {
  return asked === undefined || asked === null ? chosen || home() : folder(asked);
}

function home() {
  const { protocol, pathname, href } = new URL(HERE || "none:"); // some bundlers leave nothing there, others a file: URL
  if (protocol.startsWith("http") && pathname.endsWith(`/${OWN_PATH}`)) return href.split(OWN_PATH)[0];
  return new URL(IN_A_BUNDLE, baseUrl()).href;
}

/** What relative addresses are relative to. In a worker, where segmenters can run, there is no document. */
export function baseUrl() {
  return globalThis.document?.baseURI ?? location.href;
}

/** @param {unknown} named */
function folder(named) {
  const text = typeof named === "string" || kindOf(named) === "URL" ? textOf(named) : "";
  const base = baseUrl();
  const url = text !== "" && text.length <= LONGEST && URL.canParse(text, base) ? new URL(text, base) : null;
  if (url === null || url.origin === "null") {
    throw new TypeError(`The site is ${show(named)}, but it has to be the URL of the folder with pyselfie's files.`);
  }
  return `${url.origin}${url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`}`;
}
