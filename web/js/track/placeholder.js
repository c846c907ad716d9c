// A grey picture for whoever watches a track that has no composite to show.

export const GREY = "rgb(127 127 127)"; // core/compositor.py: NEUTRAL_GREY
const EVERY_MS = 500;

export class Placeholder {
  #write;
  #sizeNow;
  #timer = 0;

  /**
   * @param {(bitmap: ImageBitmap) => void} write takes the bitmap over
   * @param {() => {width?: number, height?: number}} sizeNow
   */
  constructor(write, sizeNow) {
    this.#write = write;
    this.#sizeNow = sizeNow;
  }

  /** Now, and again for who comes late, until `hide`. */
  show() {
    this.#draw();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  hide() {
    clearInterval(this.#timer);
  }

  #draw() {
    const { width = 640, height = 360 } = this.#sizeNow();
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    context.fillStyle = GREY;
    context.fillRect(0, 0, width, height);
    this.#write(canvas.transferToImageBitmap());
  }
}
