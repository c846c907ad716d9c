// What the engine is doing: the progress over the stage while it loads, and the chip that names the backend.

import { byId } from "../dom.js";

/** @type {Record<string, string>} */
const BACKENDS = { wasm: "WebAssembly", webgpu: "WebGPU" };

/** @param {string} backend */
export function backendTitle(backend) {
  return BACKENDS[backend] ?? backend;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

export class Status {
  #chip = byId("status", HTMLParagraphElement);
  #chipText = byId("status-text", HTMLSpanElement);
  #percent = byId("status-percent", HTMLSpanElement);
  #loading = byId("loading", HTMLDivElement);
  #text = byId("loading-text", HTMLParagraphElement);
  #bar = byId("loading-bar", HTMLProgressElement);
  #bytes = byId("loading-bytes", HTMLParagraphElement);
  #viewport = byId("viewport", HTMLDivElement);

  /** @param {{loaded: number, total: number, text: string}} progress  Sizes in bytes. */
  progress({ loaded, total, text }) {
    this.#loading.hidden = false;
    this.#viewport.dataset.busy = "true";
    this.#text.textContent = text;
    if (total > 0) {
      this.#bar.max = total;
      this.#bar.value = loaded;
      this.#bytes.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
    }
    this.#say("loading", "Loading");
  }

  /** A model comes while another one paints: the picture stays in sight. @param {{loaded: number, total: number, text: string}} progress */
  modelProgress({ loaded, total, text }) {
    this.#say("loading", text, `: ${Math.round((100 * loaded) / total)} %`);
  }

  /** @param {{backend: string, reason: string}} chosen */
  running({ backend, reason }) {
    this.#loading.hidden = true;
    this.#say("ready", `${backendTitle(backend)}: ${reason}`);
  }

  failed() {
    this.#loading.hidden = true;
    this.#viewport.dataset.busy = "false";
    this.#say("failed", "Stopped");
  }

  /**
   * @param {string} state
   * @param {string} text
   * @param {string} [percent] to be seen, and not to be read out at each step
   */
  #say(state, text, percent = "") {
    this.#chip.dataset.state = state;
    this.#percent.textContent = percent;
    // A live region speaks whenever it is written to, so it is written to only when something new is to be said.
    if (this.#chipText.textContent !== text) this.#chipText.textContent = text;
  }
}
