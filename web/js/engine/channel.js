import { whyRefused } from "../sources/refused.js";
import { WorkerHost } from "./worker_host.js";

/** @typedef {import("./protocol.d.ts").ToEngine} ToEngine */

/** One engine's way to the worker, which a host of the page starts and shares. */
export class Channel {
  #onRefused;
  /** @type {WorkerHost | null} of the last opening: until then the page may say where the files are */
  #host = null;
  #number = 0;

  /** @param {(sentence: string) => void} onRefused called for a picture that cannot be sent */
  constructor(onRefused) {
    this.#onRefused = onRefused;
  }

  get isOpen() {
    return this.#number !== 0;
  }

  /**
   * @param {{site?: string | null, backend?: string, painter?: string, isolated?: boolean}} settings
   * @param {import("./worker_host.js").Client} client
   * @param {import("./engine.js").Options} options
   * @param {OffscreenCanvas} canvas
   */
  open(settings, client, options, canvas) {
    this.#host = WorkerHost.for(settings, this.#host);
    this.#number = this.#host.open(client, options, canvas);
  }

  /** Returns whether it went. @param {ToEngine} message @param {Transferable[]} [transfer] */
  send(message, transfer = []) {
    if (!this.isOpen) return false;
    try {
      this.#host?.post(this.#number, message, transfer);
      return true;
    } catch (error) {
      const picture = message.type === "frame" ? message.frame : message.type === "backdrop" && message.bitmap;
      if (!picture) throw error;
      this.#onRefused(whyRefused(picture));
      return false;
    }
  }

  stopEffect() {
    if (this.isOpen) this.#host?.stopEffect(this.#number);
  }

  close() {
    this.#host?.close(this.#number);
    this.#number = 0;
  }
}
