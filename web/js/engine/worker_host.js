/**
 * One worker for all engines of a page that want the same files, backend and painter: it starts with the first engine,
 * ends with the last one, and when it dies all of them begin again in a new one, once.
 *
 * @typedef {object} Client What a host needs of an engine.
 * @property {(message: {type: string, [key: string]: any}) => void} receive
 * @property {boolean} owes whether the worker owes this engine an answer
 * @property {boolean} loading whether it prepares a model for this engine
 * @property {(why: string, again: boolean) => void} lost the worker is gone; `again`: a new one may be tried
 */

import { Holds } from "./holds.js";
import { siteUrl, WORKER } from "./site.js";
import { startWorker, watchStart } from "./start.js";

const SILENCE_MS = 8_000; // a worker that owes an answer this long is dead
const LOADING_MS = 60_000; // while it prepares a model: WebGPU shaders may compile for long, and nothing else runs then
const WATCH_MS = 1_000;

/** @type {Map<string, WorkerHost>} */
const hosts = new Map();

export class WorkerHost {
  #site;
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
  #forgetStart = () => {};
  /** The last start failed: what the browser has in its cache may be why. */
  #fresh = false;
  #holds = new Holds();
  #booted = false;

  /** @param {string} site @param {string} backend @param {string} painter */
  constructor(site, backend, painter) {
    this.#site = site;
    this.#backend = backend;
    this.#painter = painter;
  }

  /** The page's host with these settings. @param {{site?: string | null, backend?: string, painter?: string}} settings */
  static for({ site, backend = "auto", painter = "auto" }) {
    const url = siteUrl(site);
    const key = `${url} ${backend} ${painter}`;
    const host = hosts.get(key) ?? new WorkerHost(url, backend, painter);
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
    this.#holds.take();
    const channel = ++this.#channels;
    this.post(channel, { type: "open", canvas, options: JSON.stringify(options) }, [canvas]);
    this.#clients.set(channel, client);
    return channel;
  }

  /** Boot without an engine, and stay for the first one that comes. @param {number} [modelSelection] */
  hold(modelSelection) {
    if (!this.#worker) this.#boot(modelSelection);
    const hold = this.#holds.add();
    if (this.#booted) this.#holds.resolve();
    const release = (/** @type {unknown} */ reason) => {
      this.#holds.release(hold, reason);
      this.#endUnused();
    };
    return { started: hold.promise, release };
  }

  /** @param {number} channel @param {object} message @param {Transferable[]} [transfer] */
  post(channel, message, transfer = []) {
    if (!this.#owes) this.#lastSign = performance.now();
    this.#worker?.postMessage({ ...message, channel }, transfer);
  }

  /** @param {number} channel */
  close(channel) {
    if (!this.#clients.delete(channel)) return;
    this.post(channel, { type: "close" });
    this.#endUnused();
  }

  #endUnused() {
    if (this.#clients.size === 0 && !this.#holds.keep) this.#end();
  }

  /** @param {number | undefined} modelSelection downloaded while Python starts */
  #boot(modelSelection) {
    const url = this.#site + WORKER;
    const worker = startWorker(url);
    this.#forgetStart = watchStart(worker, url, this.#site, (message) =>
      this.#failed({ type: "error", code: "load", message, action: "retry" }),
    );
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#died(event.message || "its script failed");
    };
    this.#worker = worker;
    const settings = { backend: this.#backend, painter: this.#painter, fresh: this.#fresh };
    worker.postMessage({ type: "boot", modelSelection, ...settings });
    this.#lastSign = performance.now();
    this.#watchdog = self.setInterval(() => this.#watch(), WATCH_MS);
  }

  /** @param {{type: string, channel?: number, [key: string]: any}} message */
  #receive({ channel, ...message }) {
    this.#lastSign = performance.now();
    if (message.type === "ready") this.#ready = true;
    if (message.type === "booted") this.#onBooted();
    else if (channel !== undefined) this.#deliver(channel, message);
    else if (message.type === "error") this.#failed(message);
    else for (const client of [...this.#clients.values()]) client.receive(message);
  }

  #onBooted() {
    this.#booted = true;
    this.#fresh = false;
    this.#holds.resolve();
  }

  /** @param {number} channel @param {any} message */
  #deliver(channel, message) {
    const client = this.#clients.get(channel);
    if (client) client.receive(message);
    else message.frame?.close(); // closed meanwhile
  }

  /** The worker could not boot: all who wait for it are told, and the next start is a new one. @param {any} message */
  #failed(message) {
    this.#fresh = true;
    for (const client of this.#end(message.message)) client.receive(message);
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
    if (!this.#booted) this.#fresh = true;
    for (const client of this.#end(`The engine stopped: ${why}.`)) client.lost(why, again);
  }

  /** @param {string} [why] @returns {Client[]} those whose worker this was */
  #end(why = "The engine was closed before it had started.") {
    const clients = [...this.#clients.values()];
    clearInterval(this.#watchdog);
    this.#forgetStart();
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = this.#booted = false;
    this.#holds.reject(why);
    this.#clients.clear();
    return clients;
  }
}
