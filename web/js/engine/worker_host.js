/**
 * One worker for all engines of a page that want the same backend and painter: it starts with the first engine, ends
 * with the last one, and when it dies all of them begin again in a new one, once.
 *
 * @typedef {object} Client What a host needs of an engine.
 * @property {(message: {type: string, [key: string]: any}) => void} receive
 * @property {boolean} owes whether the worker owes this engine an answer
 * @property {boolean} loading whether it prepares a model for this engine
 * @property {(why: string, again: boolean) => void} lost the worker is gone; `again`: a new one may be tried
 */

const SILENCE_MS = 8_000; // a worker that owes an answer this long is dead
const LOADING_MS = 60_000; // while it prepares a model: WebGPU shaders may compile for long, and nothing else runs then
const WATCH_MS = 1_000;

/** @type {Map<string, WorkerHost>} */
const hosts = new Map();

export class WorkerHost {
  #backend;
  #painter;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, Client>} */
  #clients = new Map();
  #channels = 0;
  #ready = false;
  #restarted = false;
  #lastSign = 0;
  #watchdog = 0;

  /** @param {string} backend @param {string} painter */
  constructor(backend, painter) {
    this.#backend = backend;
    this.#painter = painter;
  }

  /** The page's host with these settings. @param {string} backend @param {string} painter */
  static for(backend, painter) {
    const key = `${backend} ${painter}`;
    const host = hosts.get(key) ?? new WorkerHost(backend, painter);
    hosts.set(key, host);
    return host;
  }

  /**
   * @param {Client} client
   * @param {OffscreenCanvas} canvas
   * @param {{modelSelection?: number}} options
   * @returns {number} the channel
   */
  open(client, canvas, options) {
    if (!this.#worker) this.#boot(options.modelSelection);
    const channel = ++this.#channels;
    this.post(channel, { type: "open", canvas, options: JSON.stringify(options) }, [canvas]);
    this.#clients.set(channel, client);
    return channel;
  }

  /** @param {number} channel @param {object} message @param {Transferable[]} [transfer] */
  post(channel, message, transfer = []) {
    if (!this.#owes) this.#lastSign = performance.now();
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
      this.#died(event.message || "its script could not be loaded");
    };
    this.#worker = worker;
    worker.postMessage({ type: "boot", modelSelection, backend: this.#backend, painter: this.#painter });
    this.#lastSign = performance.now();
    this.#watchdog = self.setInterval(() => this.#watch(), WATCH_MS);
  }

  #newWorker() {
    const url = new URL("../worker.js", import.meta.url);
    try {
      return new Worker(url, { type: "module" });
    } catch {
      const message = `pyselfie's files are at ${url.origin}, this page is at ${location.origin}, and browsers start workers from the page's own site only: copy the files there, or put widget.html into a frame.`;
      queueMicrotask(() => this.#failed({ type: "error", code: "load", message, action: "retry" })); // clients come after this
      return null;
    }
  }

  /** @param {{type: string, channel?: number, [key: string]: any}} message */
  #receive({ channel, ...message }) {
    this.#lastSign = performance.now();
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
    const loading = [...this.#clients.values()].some((client) => client.loading);
    const silent = performance.now() - this.#lastSign > (loading ? LOADING_MS : SILENCE_MS);
    if (silent && this.#ready && this.#owes && !document.hidden) this.#died("it does not answer");
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
    this.#clients.clear();
    return clients;
  }
}
