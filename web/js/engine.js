/**
 * The page's handle on the engine: one worker, one canvas, and what it takes to begin again when the worker dies.
 *
 * Emits CustomEvents: progress {loaded, total, text} | ready and model {backend, reason, model, threads} |
 * frame {width, height, dropped, ms} | stats {...} | backendchange {backend, reason} | notice {code, message} |
 * error {code, message, action: null | "retry" | "restart"}.
 *
 * @typedef {{effect?: string, color?: string, strength?: number, mirror?: boolean, modelSelection?: number}} Options
 * @typedef {ImageBitmap | VideoFrame} Frame
 */

const MOST_OUTSTANDING = 2; // one in the works, one waiting: the worker never idles and no frame grows old
const SILENCE_MS = 8_000; // a worker that owes an answer this long is dead
const LOADING_MS = 60_000; // while it prepares a model: WebGPU shaders may compile for long, and nothing else runs then
const WATCH_MS = 1_000;

export class Engine extends EventTarget {
  #stage;
  #backend;
  #painter;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** @type {HTMLCanvasElement | null} a new worker's canvas, shown with its first composite */
  #nextCanvas = null;
  /** @type {HTMLCanvasElement | null} for another painter of the same worker, shown when that says so */
  #spareCanvas = null;
  /** @type {Options} */
  #options = {};
  /** @type {ImageBitmap | null} */
  #backdrop = null;
  /** @type {Frame | null} the photo on show, for a worker that begins again */
  #still = null;
  #outstanding = 0;
  #dropped = 0;
  #restarted = false;
  #loading = false;
  #ready = false;
  #bytes = 0;
  #startedAt = 0;
  #lastSign = 0;
  #watchdog = 0;
  #requests = 0;
  /** @type {Map<number, PromiseWithResolvers<any>>} */
  #pending = new Map();
  /** @type {PromiseWithResolvers<void> | null} */
  #starting = null;

  /**
   * @param {HTMLElement} stage the engine puts its canvas into it, and replaces it when it must
   * @param {{backend?: string, painter?: string}} [settings] backend: "auto" | "webgpu" | "wasm"; painter: "auto" |
   *   "webgpu" (frames stay on the GPU) | "canvas2d"
   */
  constructor(stage, { backend = "auto", painter = "auto" } = {}) {
    super();
    this.#stage = stage;
    this.#backend = backend;
    this.#painter = painter;
  }

  /** Boot, or boot again after a failure. Resolves when frames are processed; failures arrive as `error`, too. */
  start() {
    this.#stop();
    this.#ready = false;
    this.#startedAt = performance.now();
    const starting = Promise.withResolvers();
    starting.promise.catch(() => {}); // told by the `error` event as well
    this.#starting = starting;
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#died(event.message || "its script could not be loaded");
    };
    this.#worker = worker;
    this.#nextCanvas = document.createElement("canvas");
    const canvas = this.#nextCanvas.transferControlToOffscreen();
    const asked = { options: this.#options, backend: this.#backend, painter: this.#painter };
    worker.postMessage({ type: "boot", canvas, ...asked }, [canvas]);
    if (this.#backdrop) worker.postMessage({ type: "backdrop", bitmap: this.#backdrop });
    if (this.#still) this.#send(this.#still);
    this.#lastSign = performance.now();
    this.#watchdog = self.setInterval(() => this.#watch(), WATCH_MS);
    return starting.promise;
  }

  /** False while two frames are outstanding: a source need not capture then. */
  get wantsFrame() {
    return this.#worker !== null && this.#outstanding < MOST_OUTSTANDING;
  }

  /** Count a frame that the source did not capture because the engine wanted none. */
  skip() {
    this.#dropped++;
  }

  /**
   * Show this frame; its ownership passes to the engine.
   *
   * @param {Frame} frame
   * @param {{still?: boolean}} [kind] still: a photo or a paused video, kept for a worker that must begin again
   * @returns {boolean} false if the frame was dropped
   */
  push(frame, { still = false } = {}) {
    if (still) {
      this.#forgetStill();
      this.#still = frame;
      if (this.#worker) this.#send(frame);
      return true;
    }
    if (!this.wantsFrame) {
      frame.close();
      this.#dropped++;
      return false;
    }
    this.#forgetStill();
    this.#send(frame, [frame]);
    return true;
  }

  /** @param {Frame} frame @param {Transferable[]} [transfer] without it the worker gets a copy */
  #send(frame, transfer = []) {
    this.#outstanding++;
    this.#post({ type: "frame", frame }, transfer);
  }

  /** The source changes: forget its last frame; the canvas is empty until the next composite. */
  reset() {
    this.#forgetStill();
    this.#post({ type: "reset" });
  }

  /** @param {Options} changes any of them; a bad value is refused by an `error` event and the last good one stays */
  setOptions(changes) {
    this.#options = { ...this.#options, ...changes };
    this.#post({ type: "options", changes: JSON.stringify(changes) });
  }

  /** The picture of the effect "picture"; its ownership passes to the engine. @param {ImageBitmap | null} bitmap */
  setBackdrop(bitmap) {
    this.#backdrop?.close();
    this.#backdrop = bitmap;
    this.#post({ type: "backdrop", bitmap });
  }

  /** The composite as PNG, with alpha where it is transparent. @returns {Promise<Blob>} */
  snapshot() {
    return this.#ask("snapshot");
  }

  /** The last mask at the model's size, 0..1. @returns {Promise<{width: number, height: number, data: Float32Array}>} */
  getMask() {
    return this.#ask("mask");
  }

  /** Wait after each composite until its pixels are there, so that a benchmark measures all of it. @param {boolean} on */
  setFlush(on) {
    this.#post({ type: "flush", on });
  }

  /** End the worker and free everything; the canvas goes. */
  close() {
    this.#stop();
    this.#forgetStill();
    this.#backdrop?.close();
    this.#backdrop = null;
    this.#canvas?.remove();
    this.#canvas = null;
  }

  /** @param {object} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    if (this.#worker && !this.#owes) this.#lastSign = performance.now();
    this.#worker?.postMessage(message, transfer);
  }

  /** @param {string} type @returns {Promise<any>} */
  #ask(type) {
    if (!this.#ready) return Promise.reject(new Error("The engine is not running, so there is no picture to take."));
    const request = ++this.#requests;
    const answer = Promise.withResolvers();
    this.#post({ type, request });
    this.#pending.set(request, answer);
    return answer.promise;
  }

  /** @param {{type: string, [key: string]: any}} message */
  #receive({ type, ...detail }) {
    this.#lastSign = performance.now();
    if (type === "frame") this.#painted(detail);
    else if (type === "dropped") this.#settle(true);
    else if (type === "reply") this.#answer(detail);
    else if (type === "downloaded") this.#bytes = detail.bytes;
    else if (type === "loading") this.#loading = detail.on;
    else if (type === "canvas") this.#lendCanvas();
    else if (type === "show") this.#nextCanvas = this.#spareCanvas;
    else {
      if (type === "ready") this.#onReady(detail);
      if (type === "model") this.#options.modelSelection = detail.modelSelection;
      if (type === "stats") Object.assign(detail, { dropped: this.#dropped, downloadedBytes: this.#bytes });
      if (type === "error") this.#failed(detail);
      this.#emit(type, detail);
    }
  }

  /** @param {Record<string, any>} detail */
  #onReady(detail) {
    this.#ready = true;
    detail.startMs = this.#lastSign - this.#startedAt;
    this.#starting?.resolve();
  }

  /** @param {Record<string, any>} detail */
  #painted(detail) {
    this.#settle(false);
    if (this.#nextCanvas) {
      this.#canvas?.remove();
      this.#canvas = this.#nextCanvas;
      this.#nextCanvas = null;
      this.#stage.append(this.#canvas);
    }
    this.#emit("frame", { ...detail, dropped: this.#dropped });
  }

  /** @param {boolean} dropped */
  #settle(dropped) {
    this.#outstanding = Math.max(0, this.#outstanding - 1);
    if (dropped) this.#dropped++;
  }

  /** A canvas keeps its first kind of context for life: another painter needs another canvas. */
  #lendCanvas() {
    this.#spareCanvas = document.createElement("canvas");
    const canvas = this.#spareCanvas.transferControlToOffscreen();
    this.#post({ type: "canvas", canvas }, [canvas]);
  }

  /** @param {Record<string, any>} detail */
  #answer({ request, value, error }) {
    const answer = this.#pending.get(request);
    this.#pending.delete(request);
    if (error) answer?.reject(new Error(error));
    else answer?.resolve(value);
  }

  /** @param {Record<string, any>} detail */
  #failed(detail) {
    if (this.#ready || !detail.action) return;
    this.#starting?.reject(new Error(detail.message));
    this.#stop();
  }

  get #owes() {
    return this.#outstanding > 0 || this.#pending.size > 0;
  }

  #watch() {
    const silent = performance.now() - this.#lastSign > (this.#loading ? LOADING_MS : SILENCE_MS);
    if (silent && this.#ready && this.#owes && !document.hidden) this.#died("it does not answer");
  }

  /** The worker is gone: begin again once, then ask. @param {string} why */
  #died(why) {
    if (this.#restarted || !this.#ready) {
      this.#stop();
      this.#restarted = false;
      const message = `The engine stopped: ${why}. Restart it to go on.`;
      this.#starting?.reject(new Error(message));
      this.#emit("error", { code: "worker", message, action: "restart" });
      return;
    }
    this.#restarted = true;
    this.#emit("notice", { code: "worker", message: `The engine stopped (${why}) and is starting again.` });
    this.start();
  }

  #stop() {
    clearInterval(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = null;
    this.#nextCanvas = this.#spareCanvas = null;
    this.#ready = this.#loading = false;
    this.#outstanding = 0;
    for (const { reject } of this.#pending.values()) reject(new Error("The engine stopped before it could answer."));
    this.#pending.clear();
  }

  #forgetStill() {
    this.#still?.close();
    this.#still = null;
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
