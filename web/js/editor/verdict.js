// What has become of the text: which version runs, which way and at what cost, and what is wrong with it.

import { byId } from "../dom.js";

/** @typedef {import("../../types/pyselfie.js").EffectState} State */

const WAYS = {
  effect: ["Full size", "sees every pixel; Canvas 2D paints it"],
  overlay: ["Overlay", "costs the same at any size"],
};
const RUNNING = {
  newest: ["good", "This version runs"],
  before: ["old", "The last good version runs"],
  none: ["none", "No effect runs"],
};
const HELD = ["held", "Not run yet"];
const STUCK = ["stuck", "Waiting for the effect"];
/** Pictures per second where the source names no rate of its own. */
const USUAL_RATE = 30;

/** Emits `line` {line} when the user wants to see a mistake's line, and `stop` when what doesn't return shall end. */
export class Verdict extends EventTarget {
  #chip;
  #chipText;
  #way;
  #cost;
  #costText;
  #meter;
  #mistake;
  #mistakeText;
  #mistakeLine;
  #stop;
  #wayKind;
  #wayWhat;
  #run;
  /** Pictures per second; 0: it is a still. */
  #rate = 0;
  /** Of a frame; null: it is not known yet. @type {number | null} */
  #ms = null;
  #line = 1;

  /** @param {Document | ShadowRoot} root */
  constructor(root) {
    super();
    this.#chip = byId("running", HTMLParagraphElement, root);
    this.#chipText = byId("running-text", HTMLSpanElement, root);
    this.#way = byId("way", HTMLParagraphElement, root);
    this.#cost = byId("cost", HTMLParagraphElement, root);
    this.#costText = byId("cost-text", HTMLSpanElement, root);
    this.#meter = byId("cost-meter", HTMLMeterElement, root);
    this.#mistake = byId("mistake", HTMLDivElement, root);
    this.#mistakeText = byId("mistake-text", HTMLParagraphElement, root);
    this.#mistakeLine = byId("mistake-line", HTMLButtonElement, root);
    this.#stop = byId("stop-button", HTMLButtonElement, root);
    this.#wayKind = byId("way-kind", HTMLElement, root);
    this.#wayWhat = byId("way-what", HTMLElement, root);
    this.#run = byId("run-button", HTMLButtonElement, root);
    this.#mistakeLine.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("line", { detail: { line: this.#line } }));
    });
    this.#stop.addEventListener("click", () => this.dispatchEvent(new Event("stop")));
  }

  /** @param {State} state */
  show({ kind, running, error, ms }) {
    this.#mark(RUNNING[running ?? "none"]);
    const [way, what] = kind ? WAYS[kind] : ["", ""];
    this.#way.hidden = !kind;
    write(this.#wayKind, way);
    write(this.#wayWhat, what);
    this.#ms = ms;
    this.#showCost();
    this.#tell(error ? `${error.message}.` : "", error?.line ?? null);
  }

  /** What is shown waits for the user's word. */
  hold() {
    this.#mark(HELD);
    this.#way.hidden = true;
    this.#ms = null;
    this.#showCost();
    this.#tell("", null);
  }

  /** The code has not returned for so many seconds. @param {number} seconds */
  wait(seconds) {
    this.#mark(STUCK);
    this.#tell(
      `The effect hasn't returned for ${seconds} s: it will be stopped, and the last good version, if any, goes on.`,
      null,
      true,
    );
  }

  /** Tell a sentence about something that the engine has refused. @param {string} sentence */
  refuse(sentence) {
    this.#tell(sentence, null);
  }

  /** @param {{kind: string, rate?: number}} source */
  setSource({ kind, rate }) {
    const isMoving = kind === "camera" || kind === "video";
    this.#rate = isMoving ? rate || USUAL_RATE : 0;
    this.#showCost();
  }

  #showCost() {
    const ms = this.#ms;
    this.#cost.hidden = ms === null;
    if (ms === null) return;
    const shown = ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
    this.#meter.hidden = this.#rate === 0; // a still has no next picture that would have to wait
    if (this.#rate === 0) {
      this.#costText.textContent = `${shown} ms for this picture`;
      return;
    }
    const budget = 1000 / this.#rate;
    this.#costText.textContent = `${shown} of ${Math.round(budget)} ms per frame`;
    Object.assign(this.#meter, { max: budget, high: 0.9 * budget, low: 0.6 * budget, optimum: 0, value: ms });
  }

  /** @param {string} sentence @param {number | null} line @param {boolean} [isStuck] */
  #tell(sentence, line, isStuck = false) {
    this.#mistake.hidden = sentence === "";
    if (!isStuck && this.#stop.matches(":focus")) this.#run.focus();
    this.#stop.hidden = !isStuck;
    write(this.#mistakeText, sentence.replace(/^the /, "The "));
    this.#line = line ?? 1;
    this.#mistakeLine.hidden = line === null;
  }

  /** @param {string[]} running the chip's state and text */
  #mark([state, text]) {
    this.#chip.dataset.state = state;
    write(this.#chipText, text);
  }
}

/** A live region speaks whenever it is written to. @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
