/**
 * One worker for all engines, segmentation services and labs of a page that want the same files, backend and painter: it starts
 * with the first of them, ends with the last one, and when it dies the engines begin again in a new one, once. An isolated
 * engine has one of its own: other people's code in it sees all that the worker has.
 *
 * @typedef {object} Client What a host needs of an engine or a service.
 * @property {(message: import("./protocol.d.ts").ToClient) => void} receive
 * @property {boolean} owes whether the worker owes this engine an answer
 * @property {boolean} loading whether it prepares a model for this engine
 * @property {(why: string, again: boolean, effect?: {number: number, what: string}) => void} lost the worker is gone;
 *   `again`: a new one may be tried; `effect`: the text of this number, of the client's own, has ended it, and by what
 * @property {(seconds: number) => void} [stuck] its effect has not returned for so long; 0: now it has
 * @typedef {import("./protocol.d.ts").Failure} Failure
 * @typedef {{modelSelection?: number, edges?: string}} FirstModel
 *
 * The watchdog looks twice a second at a worker that owes something (first of all its start) and has been silent since
 * the last look, and pings it; `Silence` says for how long. While an effect of the page's own runs, `EffectWatch` says
 * how long it may; a worker that has to go because of that has a restart to spare all the same. Code in an isolated
 * worker can send what it likes while it runs, but read nothing: there only the answer with the last ping's number is a
 * sign of life, and it is asked for one whether it says that it owes something or not.
 */

import { EffectWatch } from "./effect_watch.js";
import { Holds } from "./holds.js";
import { IsolatedWorker } from "./isolated.js";
import { LOOK_MS, Silence } from "./silence.js";
import { siteUrl, WORKER } from "./site.js";
import { endWorker, startWorker, watchStart } from "./start.js";
import { keepVerdict, keptVerdicts } from "./verdicts.js";

/** By their settings; of isolated ones the newest. @type {Map<string, WorkerHost>} */
const hosts = new Map();

export class WorkerHost {
  #backend;
  #painter;
  #url;
  #isolated;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, Client>} */
  #clients = new Map();
  #channels = 0;
  #ready = false;
  #restarted = false;
  #silence = new Silence();
  /** It stands still for a download, which may take as long as a model. */
  #fetching = false;
  #effects = new EffectWatch(LOOK_MS, (channel, seconds) => this.#clients.get(channel)?.stuck?.(seconds));
  /** The number of the last one. */
  #ping = 0;
  #watchdog = 0;
  #forgetStart = () => {};
  /** The last start failed: what the browser has in its cache may be why. */
  #fresh = false;
  #holds = new Holds();
  #booted = false;
  /** @type {import("./protocol.d.ts").GpuChecked | null} what to keep if the worker dies now */
  #check = null;
  /** How far the start is, for engines that come while it goes on. @type {import("./protocol.d.ts").ToClient | null} */
  #progress = null;

  /** @param {string} url the worker's @param {string} backend @param {string} painter @param {boolean} isolated */
  constructor(url, backend, painter, isolated) {
    this.#url = url;
    this.#isolated = isolated;
    this.#backend = backend;
    this.#painter = painter;
  }

  /**
   * The page's host with these settings.
   *
   * @param {{site?: string | null, backend?: string, painter?: string, isolated?: boolean, worker?: string}} settings
   *   isolated: for other people's code (isolated.js); worker: the URL of js/worker.js, where that is known
   *   instead of the site's
   * @param {WorkerHost | null} [before] of whoever asks: it knows whether a restart is left
   */
  static for(
    { site, backend = "auto", painter = "auto", isolated = false, worker = siteUrl(site) + WORKER },
    before = null,
  ) {
    const key = `${worker} ${backend} ${painter} ${isolated}`;
    const own = before && before.#url === worker ? before : undefined;
    const found = isolated ? [hosts.get(key), own].find((host) => host && host.#clients.size === 0) : hosts.get(key);
    const host = found ?? new WorkerHost(worker, backend, painter, isolated);
    hosts.set(key, host);
    return host;
  }

  /**
   * @param {Client} client
   * @param {FirstModel} options
   * @param {OffscreenCanvas} [canvas] an engine's; others have none
   * @param {"open_service" | "open_lab"} [other] what it is instead
   * @returns {number} the channel
   */
  open(client, options, canvas, other = "open_service") {
    if (!this.#worker) this.#boot(options);
    this.#holds.take();
    const channel = ++this.#channels;
    const opening = { channel, options: JSON.stringify(options) };
    if (canvas) this.#send({ type: "open", ...opening, canvas }, [canvas]);
    else this.#send({ type: other, ...opening });
    this.#clients.set(channel, client);
    if (this.#progress) client.receive(this.#progress);
    return channel;
  }

  /** Boot without an engine, and stay for the first one that comes. @param {FirstModel} first @param {AbortSignal} [signal] */
  hold(first, signal) {
    if (!this.#worker) this.#boot(first);
    const started = this.#holds.add(signal, () => this.#endUnused());
    if (this.#booted) this.#holds.resolve();
    return started;
  }

  /** @param {number} channel @param {import("./protocol.d.ts").ToEngine | import("./protocol.d.ts").ToService | import("./protocol.d.ts").ToLab} message @param {Transferable[]} [transfer] */
  post(channel, message, transfer) {
    this.#send({ ...message, channel }, transfer);
  }

  /** @param {import("./protocol.d.ts").ToWorker} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    this.#worker?.postMessage(message, transfer);
  }

  /** End the effect of this channel that does not return. @param {number} channel */
  stopEffect(channel) {
    if (this.#effects.stop(channel)) this.#endWithEffect();
  }

  /** @param {number} channel */
  close(channel) {
    if (!this.#clients.delete(channel)) return;
    this.#send({ type: "close", channel });
    this.#endUnused();
  }

  #endUnused() {
    if (this.#clients.size > 0 || this.#holds.keep) return;
    this.#restarted = false; // whoever comes next has a restart to spare again
    this.#end();
  }

  /** @param {FirstModel} first downloaded while Python starts */
  #boot({ modelSelection, edges }) {
    const worker = this.#isolated ? IsolatedWorker.start(this.#url) : startWorker(this.#url);
    const site = new URL("../", this.#url).href;
    this.#forgetStart = watchStart(worker, this.#url, site, (message) =>
      this.#failed({ type: "error", code: "load", message, action: "retry" }),
    );
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#died(event.message || "its script failed");
    };
    this.#worker = worker;
    const interrupt = this.#effects.buffer;
    const settings = { backend: this.#backend, painter: this.#painter, fresh: this.#fresh, interrupt };
    this.#send({ type: "boot", modelSelection, edges, ...settings, verdicts: keptVerdicts(!this.#isolated) });
    this.#watchdog = self.setInterval(() => this.#watch(), LOOK_MS);
  }

  /** @param {import("./protocol.d.ts").FromWorker} message */
  #receive(message) {
    const isTrue = !this.#isolated || (message.type === "alive" && message.ping === this.#ping);
    if (this.#isolated && "channel" in message && !this.#clients.has(message.channel)) return letGo(message);
    if (isTrue) this.#silence.hearSign();
    this.#fetching = isTrue && message.type === "fetching";
    this.#effects.hear(message, isTrue);
    if (message.type === "alive" || message.type === "fetching") return;
    this.#silence.hearResult();
    if (message.type === "effect_runs") return;
    if ("channel" in message) this.#deliver(message);
    else if (message.type === "booted") this.#onBooted();
    else if (message.type === "error") this.#failed(message);
    else this.#tellAll(message);
  }

  /** @param {import("./protocol.d.ts").ToClient} message */
  #tellAll(message) {
    if (message.type === "progress") this.#progress = message;
    for (const client of [...this.#clients.values()]) client.receive(message);
  }

  #onBooted() {
    this.#booted = true;
    this.#progress = null;
    this.#fresh = false;
    this.#holds.resolve();
  }

  /** @param {import("./protocol.d.ts").ToClient & {channel: number}} message */
  #deliver({ channel, ...message }) {
    if (message.type === "gpucheck") return this.#keep(message);
    if (message.type === "ready") this.#ready = true;
    const client = this.#clients.get(channel);
    if (client) client.receive(message);
    else letGo(message); // closed meanwhile
  }

  /** @param {import("./protocol.d.ts").GpuChecked} message */
  #keep(message) {
    keepVerdict(message.key, message.entry, !this.#isolated);
    this.#check = message.ifItDies === null ? null : message;
  }

  /** The worker could not boot: all who wait for it are told, and the next start is a new one. @param {Failure} message */
  #failed(message) {
    this.#fresh = true;
    for (const client of this.#end(message.message)) client.receive(message);
  }

  get #owes() {
    return [...this.#clients.values()].some(({ owes }) => owes);
  }

  #watch() {
    const { hidden } = globalThis.document ?? {};
    if (!hidden && this.#effects.running) {
      if (this.#effects.look()) this.#endWithEffect();
      else this.#sendPing();
      return;
    }
    const starts = !this.#ready && !(this.#booted && this.#clients.size === 0);
    const owes = starts || this.#owes;
    if (hidden || !(owes || this.#isolated)) {
      this.#silence.forget();
      this.#effects.rest();
      return;
    }
    const loads = this.#fetching || [...this.#clients.values()].some(({ loading }) => loading);
    const { isSilent, isOver } = this.#silence.look({ owes, starts, loads });
    if (isSilent) this.#worker?.terminate(); // it would not even end
    if (isOver) this.#died("it does not answer");
    else this.#sendPing();
  }

  #sendPing() {
    this.#ping = Math.random(); // which nobody can guess who doesn't read it
    this.#send({ type: "ping", number: this.#ping });
  }

  /** Begin again without the effect that ran. @param {string} [why] in words that end a sentence */
  #endWithEffect(why) {
    const { running } = this.#effects;
    if (!running) return;
    this.#worker?.terminate();
    const culprit = this.#clients.get(running.channel);
    const effect = {
      number: running.number,
      what: why ?? `did not return within ${running.seconds} s and was stopped`,
    };
    const sentence = `an effect in Python ${effect.what}`;
    for (const client of this.#end(`The engine stopped: ${sentence}.`))
      client.lost(sentence, true, client === culprit ? effect : undefined);
  }

  /** Begin again once, then ask. @param {string} why */
  #died(why) {
    const { running } = this.#effects;
    if (running && !running.seemsOver) return this.#endWithEffect(`has ended Python: ${why}`);
    const again = this.#ready && !this.#restarted;
    this.#restarted = again;
    if (!this.#booted) this.#fresh = true;
    if (this.#check) keepVerdict(this.#check.key, this.#check.ifItDies ?? "", !this.#isolated);
    for (const client of this.#end(`The engine stopped: ${why}.`)) client.lost(why, again);
  }

  /** @param {string} [why] @returns {Client[]} those whose worker this was */
  #end(why = "The engine was closed before it had started.") {
    const clients = [...this.#clients.values()];
    clearInterval(this.#watchdog);
    this.#forgetStart();
    if (this.#worker) endWorker(this.#worker, letGo);
    this.#worker = null;
    this.#ready = this.#booted = false;
    this.#check = null;
    this.#progress = null;
    this.#silence.forget();
    this.#effects.forget();
    this.#holds.reject(why);
    this.#clients.clear();
    return clients;
  }
}

/** Nobody wants what this message brings. @param {import("./protocol.d.ts").FromWorker | import("./protocol.d.ts").ToClient} message */
function letGo(message) {
  if (message.type === "composite") message.frame.close();
  else if (message.type === "reply" && Array.isArray(message.value)) for (const bitmap of message.value) bitmap.close();
}
