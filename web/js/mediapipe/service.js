/**
 * A channel to the worker that all segmenters of a page share: one request, one answer, in order. It ends at its first
 * failure; the owner makes a new one. `../engine/protocol.d.ts` has the messages.
 *
 * @typedef {import("../engine/protocol.d.ts").Prepare} Prepare
 * @typedef {import("../engine/protocol.d.ts").Segment} Segment
 */

/** @template T @typedef {Omit<T, "request">} Unnumbered */

import { Requests } from "../engine/requests.js";
import { WorkerHost } from "../engine/worker_host.js";
import { readable } from "./picture.js";

export class Service {
  #host;
  #channel;
  #requests = new Requests();
  #loading = false;
  /** @type {PromiseWithResolvers<void>} */
  #starting = Promise.withResolvers();
  /** Why it is no more. @type {Error | null} */
  ended = null;

  /** @param {string} url the worker's @param {number} modelSelection the model to begin with */
  constructor(url, modelSelection) {
    this.#starting.promise.catch(() => {}); // whoever awaits `ready` is told
    this.#host = WorkerHost.for({ worker: url, painter: "canvas2d" });
    this.#channel = this.#host.open(this.#client, { modelSelection, edges: "raw" });
  }

  /** @returns {import("../engine/worker_host.js").Client} */
  get #client() {
    const service = this;
    return {
      receive: (message) => service.#receive(message),
      lost: (why) => service.end(new Error(`pyselfie's worker died: ${why}`)),
      get owes() {
        return service.#requests.size > 0;
      },
      get loading() {
        return service.#loading;
      },
    };
  }

  /** Resolves when the first model is loaded. */
  get ready() {
    return this.#starting.promise;
  }

  /**
   * @param {Unnumbered<Prepare> | Unnumbered<Segment>} message
   * @param {(ImageBitmap | VideoFrame)[]} [frames] ownership passes
   * @returns {{answer: Promise<ImageBitmap[]>}} wrapped, so that an async function can return it unanswered
   */
  ask(message, frames = []) {
    try {
      if (this.ended) throw this.ended;
      const send = (/** @type {number} */ request) => this.#host.post(this.#channel, { ...message, request }, frames);
      return { answer: this.#requests.ask(send) };
    } catch (error) {
      for (const frame of frames) frame.close();
      throw this.ended ?? readable(error);
    }
  }

  /** @param {Error} why what everybody who waits is told */
  end(why) {
    this.ended ??= why;
    this.#host.close(this.#channel);
    this.#starting.reject(why);
    this.#requests.rejectAll(why.message);
  }

  /** @param {import("../engine/protocol.d.ts").ToClient} message */
  #receive(message) {
    if (message.type === "ready") this.#starting.resolve();
    else if (message.type === "error") this.end(new Error(message.message));
    else if (message.type === "notice") console.warn(message.message);
    else if (message.type === "loading") this.#loading = message.on;
    else if (message.type === "reply") this.#requests.answer(message);
  }
}
