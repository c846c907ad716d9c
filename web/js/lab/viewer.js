// What A and B have made of one picture, in one place: a slider says how much of each is seen.

import { byId } from "../dom.js";

export class Viewer {
  #figure = byId("view", HTMLElement);
  #canvas = byId("view-canvas", HTMLCanvasElement);
  #split = byId("split", HTMLInputElement);
  /** @type {ImageBitmap[]} of A and B */
  #views = [];

  constructor() {
    this.#split.addEventListener("input", () => this.#draw());
    const follow = (/** @type {PointerEvent} */ event) => {
      const { left, width } = this.#canvas.getBoundingClientRect();
      this.#split.value = String(Math.round(((event.clientX - left) / width) * 100));
      this.#draw();
    };
    this.#canvas.addEventListener("pointerdown", (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      if (this.#canvas.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  /** @param {ImageBitmap[]} views of A and B; the viewer's from here on @param {string} name @param {string} kind */
  show(views, name, kind) {
    this.clear();
    this.#views = views;
    this.#figure.hidden = false;
    this.#figure.dataset.kind = kind;
    this.#canvas.width = views[0].width;
    this.#canvas.height = views[0].height;
    this.#figure.style.setProperty("--ratio", String(views[0].width / views[0].height));
    const what = kind === "errors" ? "where the masks are wrong" : "the masks over the picture";
    this.#canvas.setAttribute("aria-label", `${name}: ${what}, A on the left, B on the right`);
    byId("view-name", HTMLElement).textContent = name;
    this.#draw();
  }

  clear() {
    for (const view of this.#views.splice(0)) view.close();
    this.#figure.hidden = true;
  }

  #draw() {
    const context = this.#canvas.getContext("2d");
    if (!context || this.#views.length === 0) return;
    const [a, b] = this.#views;
    const at = Math.round((Number(this.#split.value) / 100) * a.width);
    context.drawImage(b, 0, 0);
    if (at > 0) context.drawImage(a, 0, 0, at, a.height, 0, 0, at, a.height);
    this.#canvas.parentElement?.style.setProperty("--split", `${this.#split.value}%`);
  }
}
