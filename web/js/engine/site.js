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
  return new URL(IN_A_BUNDLE, document.baseURI).href;
}

/** @param {string | URL} named */
function folder(named) {
  const text = String(named);
  if (text === "" || !URL.canParse(text, document.baseURI)) {
    throw new TypeError(`The site is “${text}”, but it has to be the URL of the folder with pyselfie's files.`);
  }
  const { origin, pathname } = new URL(text, document.baseURI);
  return `${origin}${pathname.endsWith("/") ? pathname : `${pathname}/`}`;
}
