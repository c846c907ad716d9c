// One step enlarged: the picture, the value under the pointer, the histogram, and the array as a file.

import { make } from "../dom.js";
import { saveFile } from "../save_file.js";
import { drawHistogram } from "./histogram.js";
import { numberText, showPicture } from "./picture.js";

/** @typedef {import("../../types/pyselfie_trace.d.ts").TracedArray} TracedArray */
/** @typedef {import("../../types/pyselfie_trace.d.ts").TraceStep} Step */

const CHANNELS = "RGBA";

export class Large {
  #title = make("h3");
  #canvas = make("canvas", { className: "trace-pixels", "aria-hidden": "true" });
  #x = make("input", { type: "number", min: "0", value: "0", className: "trace-place" });
  #y = make("input", { type: "number", min: "0", value: "0", className: "trace-place" });
  #value = make("output", { className: "trace-value", "aria-live": "off" });
  #histogram = make("canvas", { className: "trace-histogram", role: "img" });
  #low = make("span");
  #high = make("span");
  #fault = make("p", { className: "trace-fault", role: "status" });
  #close = make("button", { type: "button", className: "button", textContent: "Close" });
  /** @type {TracedArray | null} */
  #array = null;
  /** @type {Step | null} */
  step = null;
  element;

  /** @param {() => void} onClose */
  constructor(onClose) {
    const npy = make("button", { type: "button", className: "button", textContent: "Download .npy" });
    const png = make("button", { type: "button", className: "button", textContent: "Download PNG" });
    npy.addEventListener("click", () => this.#download("npy", new Blob([this.#array?.npy ?? ""])));
    png.addEventListener("click", () => this.#canvas.toBlob((blob) => blob && this.#download("png", blob)));
    this.#close.addEventListener("click", onClose);
    for (const input of [this.#x, this.#y]) input.addEventListener("input", () => this.#tell());
    for (const type of /** @type {const} */ (["pointermove", "pointerdown"]))
      this.#canvas.addEventListener(type, (event) => this.#point(event));
    this.element = make(
      "div",
      { className: "trace-large", role: "group", hidden: true },
      make("div", { className: "trace-screen" }, this.#canvas),
      make(
        "div",
        { className: "trace-side" },
        this.#title,
        this.#fault,
        make(
          "div",
          { className: "trace-pointer" },
          make("label", {}, "x ", this.#x),
          make("label", {}, "y ", this.#y),
          this.#value,
        ),
        make("div", {}, this.#histogram, make("p", { className: "trace-ends" }, this.#low, this.#high)),
        make("div", { className: "trace-buttons" }, npy, png, this.#close),
      ),
    );
  }

  /** @param {Step} step */
  open(step) {
    this.step = step;
    this.#array = null;
    this.#title.textContent = step.label;
    this.element.setAttribute("aria-label", `${step.label}, enlarged`);
    this.element.hidden = false;
    this.element.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.step = null;
    this.#array = null;
    this.element.hidden = true;
    this.#canvas.width = this.#canvas.height = 1; // nothing of it is kept
  }

  /** @param {TracedArray} array */
  show(array) {
    const isOther = this.#array?.shape.join() !== array.shape.join();
    this.#array = array;
    this.#fault.textContent = "";
    showPicture(this.#canvas, array.picture);
    const [height = 1, width = 1] = array.shape;
    this.#x.max = String(width - 1);
    this.#y.max = String(height - 1);
    if (isOther) this.#place(Math.floor(width / 2), Math.floor(height / 2));
    this.#tell();
    drawHistogram(this.#histogram, array.histogram);
    this.#low.textContent = String(array.histogram.low);
    this.#high.textContent = String(array.histogram.high);
  }

  /** @param {string} sentence */
  fail(sentence) {
    this.#fault.textContent = sentence;
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const place = (/** @type {number} */ part, /** @type {number} */ most) =>
      Math.min(Math.max(Math.floor(part * most), 0), most - 1);
    this.#place(
      place((event.clientX - left) / width, this.#canvas.width),
      place((event.clientY - top) / height, this.#canvas.height),
    );
    this.#tell();
  }

  /** @param {number} x @param {number} y */
  #place(x, y) {
    this.#x.value = String(x);
    this.#y.value = String(y);
  }

  /** Say the value at the place. */
  #tell() {
    const array = this.#array;
    if (!array) return;
    const [height = 1, width = 1, channels = 1] = array.shape;
    const [x, y] = [this.#x.valueAsNumber, this.#y.valueAsNumber];
    const isInside = x >= 0 && y >= 0 && x < width && y < height && Number.isInteger(x) && Number.isInteger(y);
    if (!isInside) {
      this.#value.textContent = `x is a whole number up to ${width - 1}, y up to ${height - 1}.`;
      return;
    }
    const at = (y * width + x) * channels;
    const values = Array.from(array.data.subarray(at, at + channels), (value) => numberText(value, array.dtype));
    this.#value.textContent = values
      .map((value, index) => (channels > 1 ? `${CHANNELS[index]} ${value}` : value))
      .join("  ");
  }

  /** @param {"npy" | "png"} ending @param {Blob} blob */
  #download(ending, blob) {
    if (this.#array && this.step) saveFile(blob, `pyselfie-${this.step.name}.${ending}`);
  }
}
