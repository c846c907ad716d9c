/**
 * The lab's channel to the worker: one request, one answer, in order. `../engine/protocol.d.ts` has the messages.
 *
 * @typedef {import("../engine/protocol.d.ts").ToLab} ToLab
 * @typedef {{name: string, picture: number, truth: number}} Pair
 * @typedef {{picture: ImageBitmap, truth: ImageBitmap | null, hasPalette: boolean}} Taken a pair's pixels, as read
 * @typedef {{text: string, tone: string}} Cell
 * @typedef {{name: string, cells: Cell[]}} Line
 * @typedef {object} Table as `Comparison.table` in Python says
 * @property {string[]} settings
 * @property {{key: string, title: string, better: string}[]} measures
 * @property {string} order
 * @property {boolean} descending
 * @property {number} frames
 * @property {Line | null} mean
 * @property {Line[]} rows
 * @property {Line[]} clip
 */

/** @template T @typedef {T extends unknown ? Omit<T, "request"> : never} Unnumbered */

import { Requests } from "../engine/requests.js";
import { WorkerHost } from "../engine/worker_host.js";

/** @param {Taken} taken */
const bitmaps = ({ picture, truth }) => (truth ? [picture, truth] : [picture]);

export class Lab extends EventTarget {
  #host;
  #channel;
  #requests = new Requests();
  hasFailed = false;

  /** Its events: `ready`, `progress` {loaded, total, text}, `failed` {message}. */
  constructor() {
    super();
    this.#host = WorkerHost.for({ backend: "wasm", painter: "canvas2d" });
    this.#channel = this.#open();
  }

  #open() {
    return this.#host.open(this.#client, {}, undefined, "open_lab");
  }

  /** Begin again after a failure. */
  restart() {
    this.hasFailed = false;
    this.#channel = this.#open();
  }

  /** @returns {import("../engine/worker_host.js").Client} */
  get #client() {
    const lab = this;
    return {
      receive: (message) => lab.#receive(message),
      lost: (why) => lab.#fail(`The engine stopped: ${why}.`),
      get owes() {
        return lab.#requests.size > 0;
      },
      get loading() {
        return lab.#requests.size > 0; // a large picture may take as long as a model
      },
    };
  }

  /** @param {{pictures: string[], truths: string[], settings: object[], clip: boolean}} plan */
  async plan(plan) {
    /** @type {{pairs: Pair[], problems: string[]}} */
    const answer = JSON.parse(await this.#ask({ type: "plan", plan: JSON.stringify(plan) }));
    return answer;
  }

  /** @param {string} name @param {Taken} taken both bitmaps are the worker's from here on */
  measure(name, taken) {
    return this.#ask({ type: "measure", name, ...taken }, bitmaps(taken));
  }

  /** @param {string} order @param {boolean} descending @returns {Promise<Table>} */
  async table(order, descending) {
    return JSON.parse(await this.#ask({ type: "table", order, descending }));
  }

  /** @param {string} kind @param {string} name @param {Taken} taken as above @returns {Promise<ImageBitmap[]>} of A and B */
  views(kind, name, taken) {
    return this.#ask({ type: "views", kind, name, ...taken }, bitmaps(taken));
  }

  /** @param {number} side @returns {Promise<string>} */
  csv(side) {
    return this.#ask({ type: "csv", side });
  }

  /** @param {Unnumbered<ToLab>} message @param {Transferable[]} [transfer] */
  async #ask(message, transfer = []) {
    if (this.hasFailed) throw new Error("The engine has stopped.");
    return this.#requests.ask((request) =>
      this.#host.post(this.#channel, /** @type {ToLab} */ ({ ...message, request }), transfer),
    );
  }

  /** @param {import("../engine/protocol.d.ts").ToClient} message */
  #receive(message) {
    if (message.type === "reply") this.#requests.answer(message);
    else if (message.type === "error") this.#fail(message.message);
    else if (message.type === "ready") this.#tell("ready", {});
    else if (message.type === "progress" || message.type === "modelprogress") this.#tell("progress", message);
  }

  /** @param {string} message */
  #fail(message) {
    this.hasFailed = true;
    this.#requests.rejectAll(message);
    this.#tell("failed", { message });
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
