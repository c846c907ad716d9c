/**
 * A worker that segments: one request, one answer, in order. It ends at its first failure; the owner makes a new one.
 *
 * Messages to Python (pyselfie.browser.service.segmentation_service): prepare {request, model} | segment {request, frame, model, mirror}.
 */

import { readable } from "./picture.js";

const CHANNEL = 1;

export class Service {
  #worker;
  /** @type {Map<number, PromiseWithResolvers<any>>} */
  #pending = new Map();
  #requests = 0;
  /** @type {PromiseWithResolvers<void>} */
  #starting = Promise.withResolvers();
  /** Why it is no more. @type {Error | null} */
  ended = null;

  /** @param {string} url the worker's @param {number} modelSelection the model to begin with */
  constructor(url, modelSelection) {
    this.#starting.promise.catch(() => {}); // whoever awaits `ready` is told
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Error(event.message ? `pyselfie's worker died: ${event.message}` : unreachable(url)));
    };
    this.#worker.postMessage({ type: "boot", modelSelection, backend: "auto", painter: "canvas2d" });
    this.#post({ type: "open", kind: "segment", options: JSON.stringify({ modelSelection }) });
  }

  /** Resolves when the first model is loaded. */
  get ready() {
    return this.#starting.promise;
  }

  /**
   * @param {{type: string, [key: string]: any}} message
   * @param {(ImageBitmap | VideoFrame)[]} [frames] ownership passes
   * @returns {{answer: Promise<ImageBitmap[]>}} wrapped, so that an async function can return it unanswered
   */
  ask(message, frames = []) {
    const request = ++this.#requests;
    try {
      if (this.ended) throw this.ended;
      this.#post({ ...message, request }, frames);
    } catch (error) {
      for (const frame of frames) frame.close();
      throw this.ended ?? readable(error);
    }
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#pending.set(request, { promise, resolve, reject });
    return { answer: promise };
  }

  /** @param {Error} why what everybody who waits is told */
  end(why) {
    this.ended ??= why;
    this.#worker.terminate();
    this.#starting.reject(why);
    for (const { reject } of this.#pending.values()) reject(why);
    this.#pending.clear();
  }

  /** @param {object} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#worker.postMessage({ ...message, channel: CHANNEL }, transfer);
  }

  /** @param {{type: string, [key: string]: any}} message */
  #receive({ type, ...detail }) {
    if (type === "ready") this.#starting.resolve();
    else if (type === "error") this.end(new Error(detail.message));
    else if (type === "notice") console.warn(detail.message);
    else if (type === "reply") this.#settle(detail);
  }

  /** @param {Record<string, any>} detail */
  #settle({ request, value, error }) {
    const answer = this.#pending.get(request);
    if (error) answer?.reject(new Error(error));
    else answer?.resolve(value);
    this.#pending.delete(request);
  }
}

/** @param {string} url */
function unreachable(url) {
  return (
    `pyselfie's worker could not be loaded from ${url}: that file and the folders beside it (js, vendor, python, models) ` +
    "have to be there. Copy pyselfie's files to your site and have locateFile return the URL of js/worker.js."
  );
}
