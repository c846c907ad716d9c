/**
 * One worker for all engines and segmentation services of a page that want the same backend and painter: it starts with
 * the first of them, ends with the last one, and when it dies the engines begin again in a new one, once.
 *
 * @typedef {object} Client What a host needs of an engine or a service.
 * @property {(message: {type: string, [key: string]: any}) => void} receive
 * @property {boolean} owes whether the worker owes this engine an answer
 * @property {boolean} loading whether it prepares a model for this engine
 * @property {(why: string, again: boolean) => void} lost the worker is gone; `again`: a new one may be tried
 *
 * The watchdog looks once a second at a worker that owes something and has been silent since the last look, and pings it:
 * one that works gives signs of life between two pieces of work, one that hangs gives none. Signs alone do not do for
 * ever: what is owed may have got lost. It counts looks, not time, as a page that stood still itself (a dialogue, a closed
 * lid) has not seen what the worker sent meanwhile.
 */

const LOOK_MS = 1_000;
const MOST_LOOKS = 10; // one piece of work takes less: painting the largest photo, a function of the page's own
const MOST_LOOKS_WITHOUT_RESULT = 60;
const MOST_LOOKS_LOADING = 60; // a model: WebGPU shaders may compile for long, and nothing else runs then

const WORKER = new URL("../worker.js", import.meta.url).href;

/** Why a worker is lost that has never run. */
export const NOT_LOADED = "its script could not be loaded";

/** @type {Map<string, WorkerHost>} */
const hosts = new Map();

export class WorkerHost {
  #backend;
  #painter;
  #url;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, Client>} */
  #clients = new Map();
  #channels = 0;
  #ready = false;
  #restarted = false;
  #looks = 0; // since the last sign of life
  #fruitless = 0; // looks since the last message that says more than that
  #watchdog = 0;

  /** @param {string} backend @param {string} painter @param {string} url */
  constructor(backend, painter, url) {
    this.#url = url;
    this.#backend = backend;
    this.#painter = painter;
  }

  /** The page's host with these settings. @param {string} backend @param {string} painter @param {string} [url] the worker's */
  static for(backend, painter, url = WORKER) {
    const key = `${backend} ${painter} ${url}`;
    const host = hosts.get(key) ?? new WorkerHost(backend, painter, url);
    hosts.set(key, host);
    return host;
  }

  /**
   * @param {Client} client
   * @param {{options: {modelSelection?: number}, canvas?: OffscreenCanvas, kind?: "segment"}} asked kind: a service that
   *   paints nothing
   * @param {Transferable[]} [transfer]
   * @returns {number} the channel
   */
  open(client, { options, ...asked }, transfer = []) {
    if (!this.#worker) this.#boot(options.modelSelection);
    const channel = ++this.#channels;
    this.post(channel, { type: "open", ...asked, options: JSON.stringify(options) }, transfer);
    this.#clients.set(channel, client);
    return channel;
  }

  /** @param {number} channel @param {object} message @param {Transferable[]} [transfer] */
  post(channel, message, transfer = []) {
    this.#worker?.postMessage({ ...message, channel }, transfer);
  }

  /** @param {number} channel */
  close(channel) {
    if (!this.#clients.delete(channel)) return;
    if (this.#clients.size === 0) this.#end();
    else this.post(channel, { type: "close" });
  }

  /** @param {number | undefined} modelSelection downloaded while Python starts */
  #boot(modelSelection) {
    const worker = this.#newWorker();
    if (!worker) return;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#died(event.message || NOT_LOADED);
    };
    this.#worker = worker;
    worker.postMessage({ type: "boot", modelSelection, backend: this.#backend, painter: this.#painter });
    this.#watchdog = self.setInterval(() => this.#watch(), LOOK_MS);
  }

  #newWorker() {
    try {
      return new Worker(this.#url, { type: "module" });
    } catch {
      const url = new URL(this.#url);
      const message = `pyselfie's files are at ${url.origin}, this page is at ${location.origin}, and browsers start workers from the page's own site only: copy the files there, or put widget.html into a frame.`;
      queueMicrotask(() => this.#failed({ type: "error", code: "load", message, action: "retry" })); // clients come after this
      return null;
    }
  }

  /** @param {{type: string, channel?: number, [key: string]: any}} message */
  #receive({ channel, ...message }) {
    this.#looks = 0;
    if (message.type === "alive") return;
    this.#fruitless = 0;
    if (message.type === "ready") this.#ready = true;
    if (channel !== undefined) this.#deliver(channel, message);
    else if (message.type === "error") this.#failed(message);
    else for (const client of [...this.#clients.values()]) client.receive(message);
  }

  /** @param {number} channel @param {any} message */
  #deliver(channel, message) {
    const client = this.#clients.get(channel);
    if (client) client.receive(message);
    else message.frame?.close(); // closed meanwhile
  }

  /** The worker could not boot: all who wait for it are told, and the next start is a new one. @param {any} message */
  #failed(message) {
    for (const client of this.#end()) client.receive(message);
  }

  get #owes() {
    return [...this.#clients.values()].some(({ owes }) => owes);
  }

  #watch() {
    if (!this.#ready || !this.#owes || globalThis.document?.hidden) {
      this.#looks = this.#fruitless = 0;
      return;
    }
    const loading = [...this.#clients.values()].some((client) => client.loading);
    this.#looks++;
    this.#fruitless++;
    const isSilent = this.#looks > (loading ? MOST_LOOKS_LOADING : MOST_LOOKS);
    if (isSilent || this.#fruitless > MOST_LOOKS_WITHOUT_RESULT) this.#died("it does not answer");
    else this.#worker?.postMessage({ type: "ping" });
  }

  /** Begin again once, then ask. @param {string} why */
  #died(why) {
    const again = this.#ready && !this.#restarted;
    this.#restarted = again;
    for (const client of this.#end()) client.lost(why, again);
  }

  /** @returns {Client[]} those whose worker this was */
  #end() {
    const clients = [...this.#clients.values()];
    clearInterval(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
    this.#looks = this.#fruitless = 0;
    this.#clients.clear();
    return clients;
  }
}
