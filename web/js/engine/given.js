import { OwnEffect } from "./own_effect.js";

/**
 * What the page has given an engine: kept for a worker that begins again, and for an engine that takes its place.
 *
 * @typedef {import("./engine.js").Options} Options
 * @typedef {import("./protocol.d.ts").Frame} Frame
 */
export class Given {
  /** @type {Options} */
  options = {};
  effect = new OwnEffect();
  /** Who gets every composite. @type {import("./engine.js").Tap | null} */
  tap = null;
  /** @type {import("./protocol.d.ts").TapForm} */
  tapForm = "frame";
  tapInterval = 0;
  /** @type {"off" | "live" | "held"} */
  trace = "off";
  /** @type {ImageBitmap | null} */
  #backdrop = null;

  /** It is closed when another one comes. */
  get backdrop() {
    return this.#backdrop;
  }

  set backdrop(bitmap) {
    this.#backdrop?.close();
    this.#backdrop = bitmap;
  }

  /** What a new worker is told before the first frame; the options went with its opening. @returns {import("./protocol.d.ts").ToEngine[]} */
  get messages() {
    /** @type {import("./protocol.d.ts").ToEngine[]} */
    const messages = [];
    if (this.tap) messages.push(this.tapMessage);
    if (this.trace !== "off") messages.push(this.traceMessage);
    return [...messages, ...this.effect.messages];
  }

  /** @returns {import("./protocol.d.ts").SetTrace} */
  get traceMessage() {
    return { type: "trace", state: this.trace };
  }

  /** @returns {import("./protocol.d.ts").SetTap} */
  get tapMessage() {
    return { type: "tap", on: this.tap !== null, form: this.tapForm, intervalMs: this.tapInterval };
  }
}
