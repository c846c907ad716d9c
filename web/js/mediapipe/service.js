/**
 * A worker that segments: one request, one answer, in order. It ends at its first failure; the owner makes a new one.
 *
 * Messages to Python (pyselfie.browser.service.segmentation_service): prepare {request, model} | segment {request, frame, model, mirror}.
 */

import { startWorker, watchStart } from "../engine/start.js";
import { readable } from "./picture.js";

const CHANNEL = 1;

export class Service {
  #worker;
  #forgetStart;
  /** @type {Map<number, PromiseWithResolvers<any>>} */
  #pending = new Map();
  #requests = 0;
  /** @type {PromiseWithResolvers<void>} */
  #starting = Promise.withResolvers();
  /** Why it is no more. @type {Error | null} */
  ended = null;

  /**
   * @param {string} url the worker's
   * @param {number} modelSelection the model to begin with
   * @param {boolean} fresh the last one failed: what the browser has in its cache may be why
   */
  constructor(url, modelSelection, fresh) {
    this.#starting.promise.catch(() => {}); // whoever awaits `ready` is told
    this.#worker = startWorker(url);
    this.#forgetStart = watchStart(this.#worker, url, new URL("../", url).href, (why) => this.end(new Error(why)));
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.end(new Error(`pyselfie's worker died: ${event.message || "its script failed"}`));
    };
    this.#worker.postMessage({ type: "boot", modelSelection, backend: "auto", painter: "canvas2d", fresh });
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
    this.#forgetStart();
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
