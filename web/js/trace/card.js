// One step in the graph: its newest thumbnail and what is said of it. A click enlarges it.

import { make } from "../dom.js";
import { numberText, showPicture } from "./picture.js";

/** @typedef {import("../../types/pyselfie_trace.d.ts").TraceStep} Step */

export class Card {
  #canvas = make("canvas", { className: "trace-pixels", "aria-hidden": "true" });
  #label = make("strong");
  #facts = make("span", { className: "trace-facts" });
  #range = make("span", { className: "trace-facts" });
  #time = make("span", { className: "trace-facts" });
  #note = make("span", { className: "trace-facts" });
  #button = make(
    "button",
    { type: "button", className: "trace-card", "aria-pressed": "false" },
    make("span", { className: "trace-thumb" }, this.#canvas),
    make("span", { className: "trace-text" }, this.#label, this.#facts, this.#range, this.#time, this.#note),
  );
  /** Stands in the graph's list. */
  item;

  /** @param {Step} step @param {() => void} onChoose */
  constructor(step, onChoose) {
    this.item = make("li", {}, this.#button);
    this.item.dataset.step = step.name;
    this.#label.textContent = step.label;
    this.#button.addEventListener("click", onChoose);
  }

  /** @param {Step} step with an array @param {(name: string) => string} labelOf */
  show(step, labelOf) {
    const madeFrom = step.sources.map(labelOf).join(", ");
    if (step.picture) showPicture(this.#canvas, step.picture);
    this.#facts.textContent = `${step.shape?.join(" × ")} ${step.dtype}`;
    this.#range.textContent = rangeText(step);
    this.#time.textContent = timeText(step, labelOf);
    this.#note.textContent = step.note;
    this.#button.title = [madeFrom && `Made from: ${madeFrom}.`, step.note].filter(Boolean).join(" ");
  }

  /** @param {boolean} isEnlarged */
  mark(isEnlarged) {
    this.#button.setAttribute("aria-pressed", String(isEnlarged));
  }

  focus() {
    this.#button.focus();
  }
}

/** @param {Step} step */
export function rangeText({ low, high, odd, dtype }) {
  const range = low === null || high === null ? "" : `${numberText(low, dtype)} to ${numberText(high, dtype)}`;
  return [range, odd && `${odd} ${odd === 1 ? "value is" : "values are"} NaN`].filter(Boolean).join(", ");
}

/** @param {Step} step @param {(name: string) => string} labelOf */
function timeText({ ms, timedWith }, labelOf) {
  if (ms !== null) return `${ms.toFixed(1)} ms`;
  return timedWith ? `timed with ${labelOf(timedWith).toLowerCase()}` : "";
}
