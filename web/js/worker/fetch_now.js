/** Files that Python's `import` wants at once: it cannot wait, and a worker may stand still for a request. */

const PATIENCE_MS = 50_000; // less than the page's with a worker that loads
const NO_ANSWER = "no answer from the server";

/**
 * @param {string} url
 * @param {boolean} past the browser's cache, in which there may be a damaged copy; and, by the query, what
 *   web/offline/worker.js has kept
 * @returns {ArrayBuffer | string} the bytes, or why there are none
 */
export function fetchNow(url, past) {
  const request = new XMLHttpRequest();
  request.open("GET", past ? `${url}?${Date.now()}` : url, false);
  request.responseType = "arraybuffer";
  request.timeout = PATIENCE_MS;
  try {
    request.send();
  } catch {
    return NO_ANSWER;
  }
  if (request.status === 0) return NO_ANSWER;
  return request.status === 200 ? request.response : `the server answered ${request.status}`;
}
