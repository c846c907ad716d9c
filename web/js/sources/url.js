// A photo or video by its URL as a source, and a sentence for each way in which a URL can fail.

import { openPhoto } from "./photo.js";
import { SourceError } from "./sources.js";
import { openVideo } from "./video.js";

/**
 * @param {string} address  Relative to the page.
 * @param {AbortSignal} signal
 * @returns {Promise<import("./sources.js").Source>}
 */
export async function openUrl(address, signal) {
  const url = parse(address);
  const name = nameOf(url);
  const response = await request(url, signal);
  if (response.headers.get("Content-Type")?.startsWith("video/")) {
    void response.body?.cancel(); // the video element reads it piece by piece
    return openVideo(url.href, name, signal);
  }
  return openPhoto(await response.blob(), name, signal);
}

/** @param {string} address @param {string} [what] it should lead to */
export function parse(address, what = "a photo or a video") {
  try {
    return new URL(address, document.baseURI);
  } catch {
    throw new SourceError(`“${address}” is no address: give the URL of ${what}.`);
  }
}

/** @param {URL} url */
function nameOf(url) {
  return url.protocol === "data:" ? "The picture" : decodeURIComponent(url.pathname.split("/").pop() || url.host);
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 * @param {RequestInit} [how]
 */
export async function request(url, signal, how = {}) {
  const shown = url.href.slice(0, 100);
  let response;
  try {
    response = await fetch(url, { signal, ...how });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new SourceError(`“${shown}” could not be read: ${await whyNot(url, signal)}`);
  }
  if (response.ok) return response;
  throw new SourceError(
    `“${shown}” could not be loaded: the server answered ${response.status}. Check the address and its spelling.`,
  );
}

/**
 * A refused answer and none look the same to a script; asking once more without reading tells them apart.
 * @param {URL} url
 * @param {AbortSignal} signal
 */
async function whyNot(url, signal) {
  const isForeign = url.protocol.startsWith("http") && url.origin !== location.origin;
  const answers = isForeign && (await fetch(url, { mode: "no-cors", signal }).then(Boolean, () => false));
  if (answers) {
    return `${url.origin} does not let other sites read it (CORS). Have it send “Access-Control-Allow-Origin”, or copy the file to this site.`;
  }
  return "no answer came, or this page's Content-Security-Policy (connect-src) forbids it.";
}
