// The trace panel: the pipeline as the graph that it is. It asks the element for nothing while it is closed.

import { make } from "../dom.js";
import { mount } from "../mount.js";
import { Arrows } from "./arrows.js";
import { Card } from "./card.js";
import { Large } from "./large.js";

/** @typedef {import("../../types/pyselfie.d.ts").SelfieSegmentationElement} Selfie */
/** @typedef {import("../../types/pyselfie_trace.d.ts").Trace} Trace */
/** @typedef {import("../../types/pyselfie_trace.d.ts").TraceStep} Step */
/** @typedef {import("../../types/pyselfie_trace.d.ts").TracePlayback} Playback */

const WHY_NO_STEP = "Frame by frame works with a video.";
const WHO = "mountTrace takes the element that it puts the panel into, and the <selfie-segmentation> that it traces.";
const GPU_TIMES = "On WebGPU the times are those until the work is handed to the GPU.";

/**
 * Put a trace panel into `section`; it opens when the user opens it.
 *
 * @param {HTMLElement} section
 * @param {Selfie} selfie
 * @param {() => Playback | null | undefined} [playback]  What plays now, if it can go on frame by frame.
 * @returns {() => void} ends it: the panel goes, and nothing is traced for it any more
 */
export function mountTrace(section, selfie, playback = () => null) {
  if (!(section instanceof HTMLElement) || typeof selfie?.setTrace !== "function") throw new TypeError(WHO);
  return mount(section, () => new TracePanel(selfie, playback));
}

let panels = 0;

class TracePanel {
  #selfie;
  #playback;
  /** @type {Map<string, Card>} */
  #cards = new Map();
  /** @type {Step[]} */
  #steps = [];
  #arrows = new Arrows();
  #large = new Large(() => this.#enlarge(null));
  #isAsking = false;
  #freeze = make("button", { type: "button", className: "button", textContent: "Freeze", "aria-pressed": "false" });
  #back = make("button", { type: "button", className: "button", textContent: "Previous frame" });
  #next = make("button", { type: "button", className: "button", textContent: "Next frame" });
  #why = make("span", { className: "trace-why quiet", id: `trace-why-${++panels}` });
  #list = make("ol", { className: "trace-graph" });
  #missing = make("ul", { className: "trace-missing quiet" });
  #about = make("p", { className: "trace-about quiet" });
  #resized = new ResizeObserver(() => this.#drawArrows());
  #ended = new AbortController();
  element;

  /** @param {Selfie} selfie @param {() => Playback | null | undefined} playback */
  constructor(selfie, playback) {
    this.#selfie = selfie;
    this.#playback = playback;
    const buttons = make("div", { className: "trace-buttons" }, this.#freeze, this.#back, this.#next, this.#why);
    this.element = make(
      "details",
      { className: "trace" },
      make(
        "summary",
        {},
        make("h2", { textContent: "Trace" }),
        make("span", { textContent: "What each step makes of a frame" }),
      ),
      make("div", { className: "trace-body" }, buttons, this.#list, this.#missing, this.#large.element, this.#about),
    );
    this.element.addEventListener("toggle", () => this.#toggle());
    this.#freeze.addEventListener("click", () => this.#hold(!this.#isHeld));
    this.#back.addEventListener("click", () => this.#step(-1));
    this.#next.addEventListener("click", () => this.#step(1));
    for (const button of [this.#back, this.#next]) button.setAttribute("aria-describedby", this.#why.id);
    selfie.addEventListener("trace", ({ detail }) => this.#show(detail), { signal: this.#ended.signal });
    this.#resized.observe(this.#list);
  }

  end() {
    this.#ended.abort();
    this.#resized.disconnect();
    if (this.element.open) this.#selfie.setTrace("off");
  }

  get #isHeld() {
    return this.#freeze.getAttribute("aria-pressed") === "true";
  }

  #toggle() {
    this.#freeze.setAttribute("aria-pressed", "false");
    if (this.element.open) {
      this.#about.textContent = "Waiting for a frame.";
      this.#showPlayback();
      this.#selfie.setTrace("live");
    } else {
      this.#selfie.setTrace("off");
      this.#enlarge(null);
      this.#show({ steps: [], painter: "canvas2d", readbacks: 0 });
    }
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.#freeze.setAttribute("aria-pressed", String(isHeld));
    this.#selfie.setTrace(isHeld ? "held" : "live");
  }

  /** @param {number} frames */
  #step(frames) {
    if (this.#isHeld) this.#hold(false);
    this.#playback()?.step?.(frames);
  }

  #showPlayback() {
    const canStep = Boolean(this.#playback()?.step);
    this.#back.disabled = this.#next.disabled = !canStep;
    this.#why.textContent = canStep ? "" : WHY_NO_STEP;
  }

  /** @param {Trace} trace */
  #show({ steps, painter, readbacks }) {
    if (!this.element.open && steps.length > 0) return; // sent before it was closed
    this.#steps = steps;
    const there = steps.filter(({ shape }) => shape);
    const labelOf = (/** @type {string} */ name) => steps.find((step) => step.name === name)?.label ?? "";
    if (there.map(({ name }) => name).join() !== [...this.#cards.keys()].join()) this.#arrange(there);
    for (const step of there) this.#cards.get(step.name)?.show(step, labelOf);
    const left = steps.filter(({ shape }) => !shape);
    this.#missing.replaceChildren(
      ...left.map((step) => make("li", {}, make("strong", { textContent: step.label }), ` is missing. ${step.note}`)),
    );
    const read = readbacks === 1 ? "1 readback" : `${readbacks} readbacks`;
    this.#about.textContent = `${painter === "webgpu" ? GPU_TIMES : ""} ${read} since the trace was opened.`;
    this.#drawArrows();
    this.#showPlayback();
    void this.#refreshLarge();
  }

  /** @param {Step[]} there */
  #arrange(there) {
    const large = this.#large.step;
    this.#cards = new Map(there.map((step) => [step.name, new Card(step, () => this.#choose(step))]));
    this.#list.replaceChildren(this.#arrows.svg, ...[...this.#cards.values()].map(({ item }) => item));
    if (large && !this.#cards.has(large.name)) this.#enlarge(null);
    this.#mark();
  }

  #drawArrows() {
    /** @type {[HTMLElement, HTMLElement][]} */
    const pairs = [];
    for (const { name, sources } of this.#steps)
      for (const source of sources) {
        const [from, to] = [this.#cards.get(source), this.#cards.get(name)];
        if (from && to) pairs.push([from.item, to.item]);
      }
    this.#arrows.draw(pairs);
  }

  /** @param {Step} step */
  #choose(step) {
    this.#enlarge(this.#large.step?.name === step.name ? null : step);
  }

  /** @param {Step | null} step */
  #enlarge(step) {
    const before = this.#large.step;
    if (step) this.#large.open(step);
    else this.#large.close();
    this.#mark();
    if (!step && before && this.element.open) this.#cards.get(before.name)?.focus();
    void this.#refreshLarge();
  }

  #mark() {
    for (const [name, card] of this.#cards) card.mark(name === this.#large.step?.name);
  }

  /** One question at a time: the next trace asks again. */
  async #refreshLarge() {
    const { step } = this.#large;
    if (!step || this.#isAsking) return;
    this.#isAsking = true;
    try {
      const array = await this.#selfie.getTraced(step.name);
      if (this.#large.step === step) this.#large.show(array);
    } catch (error) {
      if (this.#large.step === step) this.#large.fail(/** @type {Error} */ (error).message);
    }
    this.#isAsking = false;
    if (this.#large.step && this.#large.step !== step) void this.#refreshLarge(); // chosen meanwhile
  }
}
