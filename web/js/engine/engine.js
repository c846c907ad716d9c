/**
 * The page's handle on an engine: one canvas, one channel to a worker that engines with the same settings share, and
 * what it takes to begin again when that worker dies.
 *
 * Emits as CustomEvents what protocol.d.ts has under these names: progress, modelprogress, ready and model, frame (and `dropped`),
 * stats (and `dropped`, `downloadedBytes`), backendchange, notice, overload, error, effect (and `stuck`).
 *
 * @typedef {{effect?: string, color?: string, strength?: number, mirror?: boolean, modelSelection?: number, edges?: string,
 *   smoothing?: number, decontaminate?: boolean, lightWrap?: number, colourCast?: number, platformBlur?: string,
 *   maskSource?: string, framing?: string}} Options
 * @typedef {import("./protocol.d.ts").Frame} Frame
 * @typedef {(frame: Frame, timestamp?: number) => void} Tap gets the source's timestamp with a bitmap, if there is one
 * @typedef {import("./protocol.d.ts").ToClient} ToClient
 * @typedef {import("./protocol.d.ts").ToEngine} ToEngine
 */

import { readValues } from "./arguments.js";
import { Canvases } from "./canvases.js";
import { Changes } from "./changes.js";
import { Channel } from "./channel.js";
import { Frames } from "./frames.js";
import { Given } from "./given.js";
import { Masks } from "./masks.js";
import { Requests } from "./requests.js";
import { siteUrl } from "./site.js";

const NO_EFFECT = { kind: null, controls: [], values: {}, error: null, running: null, ms: null };

export class Engine extends EventTarget {
  #canvases;
  #settings;
  #channel = new Channel((message) => this.#emit("error", { code: "source", message, action: null }));
  #given = new Given();
  #loading = false;
  #ready = false;
  #bytes = 0;
  /** What the page was told last of its own effect. */
  #effect = NO_EFFECT;
  #startedAt = 0;
  #requests = new Requests();
  #frames = new Frames((frame, kind, transfer) => this.#post({ type: "frame", frame, ...kind }, transfer));
  #masks = new Masks((message) => this.#emit("notice", { code: "camera", message }));
  #changes = new Changes((message) => this.#channel.send(message));
  /** @type {PromiseWithResolvers<void> | null} while somebody waits for the start */
  #starting = null;

  /**
   * @param {HTMLElement} box the engine puts its canvas into it, and replaces it when it must
   * @param {{site?: string | null, backend?: string, painter?: string, isolated?: boolean}} [settings] site: URL of the folder with
   *   our files; backend: "auto" | "webgpu" | "wasm"; painter: "auto" | "webgpu" (frames stay on the GPU) | "canvas2d";
   *   isolated: for other people's code
   */
  constructor(box, settings = {}) {
    super();
    this.#canvases = new Canvases(box);
    this.#settings = { ...settings, site: (settings.site ?? null) && siteUrl(settings.site) };
  }

  /**
   * Boot, or boot again after a failure. Resolves when frames are processed; failures arrive as `error`, too. Whoever asks
   * again meanwhile waits for the same start; `close()` ends it with an `AbortError`.
   */
  start() {
    if (this.#starting) return this.#starting.promise;
    this.#starting = Promise.withResolvers();
    const { promise } = this.#starting;
    promise.catch(() => {}); // told by the `error` event as well
    try {
      this.#begin();
    } catch (error) {
      const message = whyNot(/** @type {Error} */ (error));
      this.#stop(new Error(message));
      // Not now: where `processTrack` calls, nobody can listen to its track yet.
      queueMicrotask(() => this.#emit("error", { code: "load", message, action: "retry" }));
    }
    return promise;
  }

  #begin() {
    this.#leave();
    this.#startedAt = performance.now();
    this.#channel.open(this.#settings, this.#client, this.#given.options, this.#canvases.lend());
    if (this.#given.backdrop) this.#changes.setBackdrop(this.#given.backdrop);
    for (const message of this.#given.messages) this.#post(message);
    this.#frames.sendStill();
  }

  /** Take the place of another engine, which ends: what it was given is this one's. @param {Engine} other not started */
  succeed(other) {
    this.#given = other.#given;
    other.#given = new Given();
    this.#frames.succeed(other.#frames);
    other.close();
  }

  /** Whether it's for other people's code. */
  get isIsolated() {
    return Boolean(this.#settings.isolated);
  }

  /** What a camera's own blur is to be. */
  get platformBlur() {
    return this.#given.options.platformBlur;
  }

  /** What masks are to come from. */
  get maskSource() {
    return this.#given.options.maskSource;
  }

  /** False while two frames are outstanding: a source need not capture then. */
  get wantsFrame() {
    return this.#channel.isOpen && this.#frames.hasRoom;
  }

  /** Count a frame that the source did not capture because the engine wanted none. */
  skip() {
    this.#frames.dropped++;
  }

  /**
   * Show this frame; its ownership passes to the engine.
   *
   * @param {Frame} frame
   * @param {{still?: boolean, film?: boolean, cut?: boolean, first?: boolean, blurred?: boolean, mask?: ImageBitmap}} [kind] still: a photo, kept for a worker that
   *   must begin again; film: it is no photo but a paused video; cut: it has nothing to do with the frame before; first:
   *   it is from another camera or video than that; blurred: the camera itself has blurred the background; mask: its own; the ownership passes
   * @returns {boolean} false if the frame was dropped, or refused: that is told by an `error` event
   */
  push(frame, kind = {}) {
    const { still = false, film = false, blurred: isBlurred = false, mask } = kind;
    if (!still && !this.wantsFrame) {
      this.skip();
      return this.refuse(frame, kind);
    }
    this.note(kind);
    const wanted = this.#masks.take(mask, !still && this.maskSource === "auto");
    if (still) return this.#frames.keep(frame, !film, this.#channel.isOpen);
    return this.#frames.pass(frame, { isBlurred, mask: wanted });
  }

  /** Close a frame that isn't shown: what it tells is true of the next one. @param {Frame} frame @param {{cut?: boolean, first?: boolean, mask?: ImageBitmap}} kind */
  refuse(frame, kind) {
    this.note(kind);
    frame.close();
    this.#masks.take(kind.mask, false);
    return false;
  }

  /** What a frame that is not shown tells of the next one. @param {{cut?: boolean, first?: boolean}} kind */
  note({ cut = false, first = false }) {
    if (first) {
      this.#frames.begin();
      this.#masks.forget();
    }
    if (cut) this.#frames.cut();
  }

  /** The source changes: forget its last frame; the canvas is empty until the next composite. */
  reset() {
    this.#frames.forgetStill();
    this.#post({ type: "reset" });
  }

  /** @param {Options} changes any of them; a bad value is refused by an `error` event and the last good one stays */
  setOptions(changes) {
    this.#given.options = { ...this.#given.options, ...changes };
    if (this.#channel.isOpen) this.#changes.setOptions(changes);
  }

  /** The picture of the effect "picture"; its ownership passes to the engine. @param {ImageBitmap | null} bitmap */
  setBackdrop(bitmap) {
    this.#given.backdrop = bitmap;
    if (this.#channel.isOpen) this.#changes.setBackdrop(bitmap);
  }

  /**
   * Get every composite as a frame, too. Inference then gives way before the frame rate does.
   *
   * @param {Tap | null} listener it owns what it gets; null: no more
   * @param {{fps?: number, form?: import("./protocol.d.ts").TapForm}} [how] fps: the source's
   */
  tap(listener, { fps = 30, form = "frame" } = {}) {
    Object.assign(this.#given, { tap: listener, tapForm: form, tapInterval: 1000 / fps });
    this.#post(this.#given.tapMessage);
  }

  /** Whether frames are wanted in a hidden tab, too. */
  get runsHidden() {
    return this.#given.tap !== null;
  }

  /** Paint by an effect in Python; null goes back. It tells by `effect`. @param {string | null} source @param {string | null} [name] of its function */
  setCustomEffect(source, name = null) {
    this.#post(this.#given.effect.set(source, name));
  }

  /** End that effect's code if it has not returned for seconds: then `effect` says that it is `stuck`. */
  stopEffect() {
    this.#channel.stopEffect();
  }

  /** Set controls of that effect, by their names. @param {Record<string, number | boolean | string>} values */
  setEffectValues(values) {
    const { values: read, fault } = readValues(values);
    if (fault) return this.#emit("error", { code: "option", message: fault, action: null });
    this.#given.effect.setValues(read);
    this.#post({ type: "effect_values", values: JSON.stringify(read) });
  }

  /** Tell by `trace` what frames become, a few times a second. @param {"off" | "live" | "held"} state held: only the last one is kept */
  setTrace(state) {
    this.#given.trace = state;
    this.#post(this.#given.traceMessage);
  }

  /** All of one step's array of the last `trace`, see `Tracer.answer`. @param {string} step @returns {Promise<any>} */
  getTraced(step) {
    return this.#ask("traced", { step });
  }

  /** The composite as PNG, with alpha where it is transparent. @returns {Promise<Blob>} */
  snapshot() {
    return this.#ask("snapshot");
  }

  /** The last mask at the model's size, 0..1. @returns {Promise<{width: number, height: number, data: Float32Array}>} */
  getMask() {
    return this.#ask("mask");
  }

  /**
   * What the model tells apart in the last frame, at its size: plane after plane, 0..1.
   *
   * @returns {Promise<{width: number, height: number, names: string[], data: Float32Array}>}
   */
  getClasses() {
    return this.#ask("classes");
  }

  /** Free everything, the worker too if nobody else uses it; the canvas goes. */
  close() {
    this.#stop(new DOMException("The engine was stopped before it had started.", "AbortError"));
    this.#frames.forgetStill();
    this.#given.backdrop = null;
    this.#canvases.clear();
  }

  /** Send a message after all that was asked for before it; returns whether it went. @param {ToEngine} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#changes.send();
    return this.#channel.send(message, transfer);
  }

  /** @param {"mask" | "classes" | "snapshot" | "traced"} type @param {object} [more] @returns {Promise<any>} */
  #ask(type, more) {
    if (!this.#ready) return Promise.reject(new Error("The engine is not running, so there is no picture to take."));
    return this.#requests.ask((request) => this.#post(/** @type {ToEngine} */ ({ type, request, ...more })));
  }

  /** @returns {import("./worker_host.js").Client} */
  get #client() {
    const engine = this;
    return {
      receive: (message) => engine.#receive(message),
      lost: (why, again, effect) => engine.#lost(why, again, effect),
      stuck: (seconds) => engine.#emit("effect", { ...engine.#effect, printed: null, stuck: seconds }),
      get owes() {
        return engine.#frames.owed || engine.#requests.size > 0 || engine.#changes.owed;
      },
      get loading() {
        return engine.#loading;
      },
    };
  }

  /** @param {ToClient} message */
  #receive(message) {
    if (message.type === "frame") this.#painted(message);
    else if (message.type === "dropped") this.#frames.settle(true);
    else if (message.type === "composite") (this.#given.tap ?? forget)(message.frame, message.timestamp);
    else if (message.type === "reply") this.#requests.answer(message);
    else if (message.type === "repainted") this.#changes.painted(message.lot);
    else if (message.type === "downloaded") this.#bytes = message.bytes;
    else if (message.type === "loading") this.#loading = message.on;
    else if (message.type === "canvas") this.#lendCanvas();
    else if (message.type === "show") this.#canvases.useSpare();
    else if (message.type === "effect_good") this.#given.effect.isGood(message.number);
    else if (message.type !== "progress" || !this.#ready) {
      // else it is another model's download: this engine is not starting
      const { type, ...detail } = message;
      this.#emit(type, { ...detail, ...this.#heed(message) });
    }
  }

  /** Take note of what the page is about to be told. @param {ToClient} message @returns {object} what it is told besides */
  #heed(message) {
    if (message.type === "ready") return this.#onReady();
    if (message.type === "stats") return { dropped: this.#frames.dropped, downloadedBytes: this.#bytes };
    if (message.type === "model") {
      const { modelAsked, edges } = message;
      Object.assign(this.#given.options, { modelSelection: modelAsked, edges });
    }
    if (message.type === "effect") {
      this.#effect = JSON.parse(message.state);
      return { ...this.#effect, printed: message.printed && JSON.parse(message.printed), stuck: 0 };
    }
    if (message.type === "error" && message.action && !this.#ready) this.#stop(new Error(message.message));
    return {};
  }

  #onReady() {
    this.#ready = true;
    this.#starting?.resolve();
    this.#starting = null;
    return { startMs: performance.now() - this.#startedAt };
  }

  /** @param {import("./protocol.d.ts").Painted} message */
  #painted({ width, height, ms }) {
    this.#frames.settle(false);
    this.#canvases.show();
    this.#emit("frame", { width, height, ms, dropped: this.#frames.dropped });
  }

  #lendCanvas() {
    const canvas = this.#canvases.lendSpare();
    this.#post({ type: "canvas", canvas }, [canvas]);
  }

  /** The worker is gone: begin again, or ask. @param {string} why @param {boolean} again @param {{number: number, what: string}} [effect] */
  #lost(why, again, effect) {
    if (!this.#channel.isOpen) return; // closed meanwhile: by a listener that another engine told of it first
    if (effect) this.#given.effect.hasEnded(effect.number, effect.what);
    if (again) {
      this.#begin();
      this.#emit("notice", { code: "worker", message: `The engine stopped (${why}) and is starting again.` });
      return;
    }
    const message = `The engine stopped: ${why}. Restart it to go on.`;
    this.#stop(new Error(message));
    this.#emit("error", { code: "worker", message, action: "restart" });
  }

  /** @param {Error} why what those are told who wait for the start */
  #stop(why) {
    this.#leave();
    this.#starting?.reject(why);
    this.#starting = null;
  }

  #leave() {
    this.#channel.close();
    this.#canvases.forget();
    this.#ready = this.#loading = false;
    this.#frames.forget();
    this.#changes.forget();
    this.#requests.rejectAll("The engine stopped before it could answer.");
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {Frame} frame */
const forget = (frame) => frame.close();

/** An `Error` is a sentence of ours; browsers throw others, one without OffscreenCanvas, for example. @param {Error} error */
function whyNot({ name, message }) {
  return name === "Error" ? message : `This browser cannot run the engine (${message}): use a newer one.`;
}
