/**
 * An isolated worker's policy lets it ask nobody for anything. It asks its page, which answers with pyselfie's own files
 * and with nothing else (js/engine/file_service.js).
 *
 * @typedef {{status: number, headers: [string, string][]} | {piece: Uint8Array<ArrayBuffer>} | {end: true} | {failed: string}} Answer
 */

import { tell } from "./page_line.js";

/** In the place of `fetch`. @param {string} root the site's @returns {typeof fetch} */
export function pageFetch(root) {
  return async (input, init) => {
    const url = typeof input === "object" && "url" in input ? input.url : String(input); // `Request` may be gone
    const { port1, port2 } = new MessageChannel();
    const next = answers(port1);
    tell({ type: "want", path: url.startsWith(root) ? url.slice(root.length) : url, cache: init?.cache }, [port2]);
    const head = await next();
    if (!("status" in head)) throw new TypeError("failed" in head ? head.failed : "no answer");
    const body = new ReadableStream({ pull: async (controller) => hand(await next(), controller) });
    return new Response(body, { status: head.status, headers: head.headers });
  };
}

/** @param {Answer} answer @param {ReadableStreamDefaultController} controller */
function hand(answer, controller) {
  if ("piece" in answer) controller.enqueue(answer.piece);
  else if ("end" in answer) controller.close();
  else controller.error(new TypeError("failed" in answer ? answer.failed : "no bytes"));
}

/** What comes through a port, one after another. @param {MessagePort} port @returns {() => Promise<Answer>} */
function answers(port) {
  /** @type {Answer[]} */
  const come = [];
  /** @type {((answer: Answer) => void) | null} */
  let waiting = null;
  port.onmessage = ({ data }) => {
    if (waiting) waiting(data);
    else come.push(data);
    waiting = null;
  };
  return async () => come.shift() ?? new Promise((resolve) => (waiting = resolve));
}
