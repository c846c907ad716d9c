// What an element is given besides its options: a source, a picture behind the person, an effect in Python.

import { feedBackdrop, isColor } from "../sources/background.js";
import { exchangeCamera } from "../sources/camera.js";
import { EffectSource } from "../sources/effect_source.js";
import { Sources } from "../sources/sources.js";
import { openUrl } from "../sources/url.js";
import { namesOf, PROPERTIES, settingOf } from "./settings.js";

const EFFECT_SRC = /** @type {import("../options.js").Option} */ (PROPERTIES.get("effectSrc"));

/**
 * @typedef {object} Owner  What of the element it changes.
 * @property {() => import("../engine/engine.js").Engine} engine  The one of now.
 * @property {() => void} onEmptied  There is no source any more.
 * @property {(code: string, message: string) => void} onNotice
 * @property {(code: string, message: string) => void} onFault
 */

export class Inputs {
  #element;
  #owner;
  #sources;
  #background = new AbortController();
  #effect;

  /** @param {HTMLElement & import("../sources/capture.js").Sink & {paused: boolean}} element @param {Owner} owner */
  constructor(element, owner) {
    this.#element = element;
    this.#owner = owner;
    this.#sources = new Sources(element);
    this.#effect = new EffectSource(
      (source) => owner.engine().setCustomEffect(source),
      (sentence) => owner.onFault("option", sentence),
    );
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ listener) =>
      this.#sources.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    for (const type of ["failed", "fault"]) on(type, ({ sentence }) => owner.onFault("source", sentence));
    for (const type of ["muted", "notice"]) on(type, ({ sentence }) => owner.onNotice("camera", sentence));
    on("opened", ({ source: { notice } }) => notice && owner.onNotice("source", notice));
  }

  get hasSource() {
    return this.#element.hasAttribute("src") || this.#element.hasAttribute("camera");
  }

  /** What is shown now, if it's a source. */
  get name() {
    return this.#sources.current?.name;
  }

  openSource() {
    const camera = this.#element.getAttribute("camera");
    const src = this.#element.getAttribute("src");
    if (camera !== null) void this.#sources.open("camera", (signal) => exchangeCamera(camera, this.#sources, signal));
    else if (src) void this.#sources.open("src", (signal) => openUrl(src, signal));
    else {
      this.#sources.close();
      this.#owner.engine().reset();
      this.#owner.onEmptied();
    }
  }

  applyPause() {
    const playback = this.#sources.current?.playback;
    if (playback && playback.paused !== this.#element.paused) playback.toggle();
  }

  async openBackground() {
    this.dropBackground();
    const background = this.#element.getAttribute("background");
    if (!background || isColor(background)) return;
    this.#background = new AbortController();
    const { signal } = this.#background;
    try {
      await feedBackdrop(background, (bitmap) => this.#owner.engine().setBackdrop(bitmap), signal);
    } catch (error) {
      if (!signal.aborted) this.#owner.onFault("background", error instanceof Error ? error.message : String(error));
    }
  }

  /** What is still being loaded is not wanted any more. */
  dropBackground() {
    this.#background.abort();
  }

  /** Whether it runs or not: an engine keeps what it is given. @param {Set<string>} names the attributes that have changed */
  openEffect(names) {
    if (!namesOf(EFFECT_SRC).some((name) => names.has(name))) return;
    const address = settingOf(this.#element, EFFECT_SRC);
    if (address) void this.#effect.open(String(address));
    else this.#effect.set(null);
  }

  /** @param {string | URL | null} source */
  setEffect(source) {
    this.#effect.set(source);
  }

  close() {
    this.dropBackground();
    this.#sources.close();
  }
}
