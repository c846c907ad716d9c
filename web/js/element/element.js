// <selfie-segmentation>: a picture, video or camera with its background changed, by attributes alone.

import { backdropFault, frameFault, frameRateFault, stepFault, traceFault } from "../engine/arguments.js";
import { Engine } from "../engine/engine.js";
import { discard } from "../engine/frames.js";
import { later } from "../later.js";
import { classImages, maskImage, tracedArray } from "../mask_image.js";
import { faultOf } from "../options.js";
import { Broadcast } from "../track/composite_stream.js";
import { Inputs } from "./inputs.js";
import { ElementProperties } from "./properties.js";
import { ATTRIBUTES, changed, FORWARDED, namesOf, optionsOf, PROPERTIES, settingOf } from "./settings.js";
import { Shell } from "./shell.js";

/** @typedef {import("../options.js").Option} Option */

/** See `web/types/pyselfie.d.ts` for what each attribute, method and event is. */
export class SelfieSegmentationElement extends ElementProperties {
  static observedAttributes = [...ATTRIBUTES.keys()];

  #shell = new Shell(this);
  #engine = this.#newEngine();
  #inputs = new Inputs(this, {
    engine: () => this.#engine,
    onEmptied: () => this.#shell.emptied(),
    onNotice: (code, message) => this.#emit("notice", { code, message }),
    onFault: (code, message) => this.#complain(code, message),
  });
  #broadcast = new Broadcast((listener, how) => this.#engine.tap(listener, how));
  /** @type {import("../engine/engine.js").Options} what the engine has been told */
  #told = {};
  #running = false;
  #size = { width: 0, height: 0 };
  /** Attributes that have changed in this task: they are seen to together. @type {Set<string>} */
  #changes = new Set();

  /** @param {{site?: string | null, backend?: string, painter?: string, isolated?: boolean}} [settings] */
  #newEngine(settings) {
    const engine = new Engine(this.#shell.stage, settings);
    for (const type of [...FORWARDED, "error"]) {
      engine.addEventListener(type, (event) => this.#hear(type, /** @type {CustomEvent} */ (event).detail));
    }
    return engine;
  }

  // --- life --------------------------------------------------------------------------------------------------------

  connectedCallback() {
    this.takeEarlyProperties();
    queueMicrotask(() => this.#applyChanges({ appears: true })); // the script that defines it may call setSite() first
  }

  /** A move takes the element out and puts it in again at once; only one that stays out lets go of everything. */
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.stop();
    });
  }

  connectedMoveCallback() {} // it goes on

  /** @param {string} name */
  attributeChangedCallback(name) {
    super.attributeChangedCallback(name);
    if (this.#changes.size === 0) queueMicrotask(() => this.#applyChanges());
    this.#changes.add(name);
  }

  start() {
    this.#applyChanges(); // what was set before this call decides which engine starts
    return this.#begin();
  }

  #begin() {
    if (!this.#running) {
      this.#running = true;
      this.#tellOptions();
      this.#inputs.openBackground();
      if (this.#inputs.hasSource) this.#inputs.openSource();
    }
    return this.#startEngine();
  }

  #startEngine() {
    this.#shell.starting();
    const started = this.#engine.start();
    started.catch(() => {}); // told by the `error` event as well
    return started;
  }

  stop() {
    this.#running = false;
    this.#inputs.close();
    this.#broadcast.stop();
    this.#engine.close();
    this.#told = {};
    this.#shell.stopped();
  }

  // --- attributes --------------------------------------------------------------------------------------------------

  #applyChanges({ appears = false } = {}) {
    const names = new Set(this.#changes);
    this.#changes.clear();
    for (const name of names) Reflect.deleteProperty(this.#told, ATTRIBUTES.get(name) ?? ""); // another model may run by now
    if (names.has("fit")) this.#shell.stage.style.setProperty("--selfie-fit", this.#oneOf("fit"));
    if (["site", "backend", "painter", "isolated"].some((name) => names.has(name))) this.#changeEngine();
    this.#inputs.openEffect(names);
    if (this.#running) this.#update(names);
    else if (!this.isConnected || !this.#inputs.hasSource) return;
    else if (appears || names.has("src") || names.has("camera")) this.#begin();
  }

  /** @param {Set<string>} names */
  #update(names) {
    this.#tellOptions(names);
    if (names.has("background")) this.#inputs.openBackground();
    if (names.has("background") && !this.hasAttribute("background")) this.#engine.setBackdrop(null);
    if (names.has("src") || names.has("camera")) this.#inputs.openSource();
    if (names.has("paused")) this.#inputs.applyPause();
  }

  /** The source, the streams and all that was told go on with another engine; but no isolated effect in one that isn't. */
  #changeEngine() {
    const before = this.#engine;
    this.#engine = this.#wantedEngine();
    this.#engine.succeed(before);
    if (before.isIsolated && !this.#engine.isIsolated) this.#inputs.setEffect(null);
    this.#shell.stopped();
    if (this.#running) this.#startEngine();
  }

  #wantedEngine() {
    const [backend, painter] = [this.#oneOf("backend"), this.#oneOf("painter")];
    const { isolated } = this;
    try {
      return this.#newEngine({ site: this.site, backend, painter, isolated });
    } catch (error) {
      this.#complain("attribute", /** @type {Error} */ (error).message);
      return this.#newEngine({ backend, painter, isolated });
    }
  }

  /** @param {Set<string>} [names] the attributes that have changed; none: all count */
  #tellOptions(names) {
    const { options, wrong } = optionsOf(this);
    for (const [option, value] of wrong) {
      if (!names || namesOf(option).some((name) => names.has(name)))
        this.#complainOf(option, value, "option", "the last one stays");
    }
    const changes = changed(this.#told, options);
    this.#told = { ...this.#told, ...options };
    if (Object.keys(changes).length > 0) this.#engine.setOptions(changes);
  }

  /** The value of a choice that isn't the engine's option; if it's wrong, the default. @param {string} name */
  #oneOf(name) {
    const option = /** @type {Option} */ (PROPERTIES.get(name));
    const value = String(settingOf(this, option));
    if (!faultOf(option, value)) return value;
    this.#complainOf(option, value, "attribute", `“${option.initial}” is used`);
    return String(option.initial);
  }

  /** @param {Option} option @param {unknown} value @param {string} code @param {string} next */
  #complainOf(option, value, code, next) {
    const sentence = `${faultOf(option, value, this.nameOf(option))}; ${next}.`;
    queueMicrotask(() => this.#complain(code, sentence)); // listeners of a new element come first
  }

  // --- frames of one's own -----------------------------------------------------------------------------------------

  get wantsFrame() {
    return !this.paused && this.#engine.wantsFrame;
  }

  get runsHidden() {
    return this.#engine.runsHidden;
  }

  skip() {
    if (!this.paused) this.#engine.skip();
  }

  /** @param {ImageBitmap | VideoFrame} frame @param {{still?: boolean, film?: boolean, cut?: boolean, first?: boolean, blurred?: boolean, mask?: ImageBitmap}} [kind] */
  push(frame, kind = {}) {
    if (this.#isRefused("source", frameFault(frame, kind))) {
      discard(frame);
      return false;
    }
    return this.paused && !kind.still ? this.#engine.refuse(frame, kind) : this.#engine.push(frame, kind);
  }

  /** @param {ImageBitmap | null} bitmap */
  setBackdrop(bitmap) {
    if (this.#isRefused("background", backdropFault(bitmap))) return discard(/** @type {ImageBitmap} */ (bitmap));
    this.#inputs.dropBackground();
    this.#engine.setBackdrop(bitmap);
  }

  /** @param {string | URL | null} source */
  setEffect(source) {
    if (this.#changes.has("isolated")) this.#applyChanges(); // which may drop the one before
    this.#inputs.setEffect(source);
  }

  stopEffect() {
    this.#engine.stopEffect();
  }

  /** @param {Record<string, number | boolean | string>} values */
  setEffectValues(values) {
    this.#engine.setEffectValues(values);
  }

  // --- what comes out ----------------------------------------------------------------------------------------------

  snapshot() {
    return this.#engine.snapshot();
  }

  async getMask() {
    return maskImage(await this.#engine.getMask());
  }

  async getClasses() {
    return classImages(await this.#engine.getClasses());
  }

  /** @param {"off" | "live" | "held"} state */
  setTrace(state) {
    if (!this.#isRefused("option", traceFault(state))) this.#engine.setTrace(state);
  }

  /** @param {string} step */
  async getTraced(step) {
    const fault = stepFault(step);
    if (fault) throw new TypeError(fault);
    return tracedArray(await this.#engine.getTraced(step));
  }

  /** @param {number} [fps] */
  captureStream(fps) {
    const fault = frameRateFault(fps);
    if (fault) throw new TypeError(fault);
    return this.#broadcast.stream(fps);
  }

  /** @param {object} [options] */
  async record(options = {}) {
    const { record } = await later(() => import("../recording/record.js"), "The recorder");
    return record(options, {
      ...this.#size,
      isTransparent: this.#told.effect === "transparent",
      isPainted: () => this.#shell.isPainted,
      stream: (alpha) => this.#broadcast.stream(undefined, { alpha, steady: true }),
    });
  }

  /** @param {string} type @param {any} detail */
  #hear(type, detail) {
    if (type === "progress") this.#shell.progress(detail);
    else if (type === "ready") this.#shell.ready();
    else if (type === "error") this.#shell.failed(detail);
    else if (type === "notice" && detail.code === "worker") this.#shell.starting();
    else if (type === "frame") this.#onFrame(detail);
    this.#emit(type, detail);
  }

  /** @param {{width: number, height: number}} size */
  #onFrame({ width, height }) {
    this.#size = { width, height };
    if (!this.#shell.isPainted) this.#onFirstFrame();
  }

  #onFirstFrame() {
    const effect = this.#told.effect ?? PROPERTIES.get("effect")?.initial;
    this.#shell.painted(`${this.#inputs.name ?? "Picture"}, effect: ${effect}`);
    if (this.paused) this.#inputs.applyPause();
  }

  /** @param {string} code @param {string} fault of what a method was passed */
  #isRefused(code, fault) {
    if (fault) this.#complain(code, fault);
    return fault !== "";
  }

  /** @param {string} code @param {string} message */
  #complain(code, message) {
    this.#emit("error", { code, message, action: null });
  }

  /** @param {string} type @param {object} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
