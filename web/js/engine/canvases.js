/** The canvases of one engine: the one on show, and those that a worker paints before they are shown. */
export class Canvases {
  #box;
  /** @type {HTMLCanvasElement | null} */
  #shown = null;
  /** @type {HTMLCanvasElement | null} a new worker's canvas, shown with its first composite */
  #next = null;
  /** @type {HTMLCanvasElement | null} for another painter of the same worker, shown when that says so */
  #spare = null;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** A canvas for a new worker. */
  lend() {
    this.#next = newCanvas();
    return this.#next.transferControlToOffscreen();
  }

  /** Another one: a canvas keeps its first kind of context for life, so another painter needs another canvas. */
  lendSpare() {
    this.#spare = newCanvas();
    return this.#spare.transferControlToOffscreen();
  }

  /** The spare one is painted. */
  useSpare() {
    this.#next = this.#spare;
  }

  /** Show what has been painted. */
  show() {
    if (!this.#next) return;
    this.#shown?.remove();
    this.#shown = this.#next;
    this.#next = null;
    this.#box.append(this.#shown);
  }

  /** The worker has ended; what it painted last stays. */
  forget() {
    this.#next = this.#spare = null;
  }

  clear() {
    this.forget();
    this.#shown?.remove();
    this.#shown = null;
  }
}

function newCanvas() {
  const canvas = document.createElement("canvas");
  canvas.part.add("canvas");
  return canvas;
}
