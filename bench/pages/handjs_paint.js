/**
 * The overlay at the mask's size, and how it is drawn: over the image, or out of it and a picture behind what is left, as our
 * own effects do. On large images tiles that are covered throughout are filled, and the overlay is drawn where tiles are
 * neither all covered nor all free; a blurred background is drawn whole.
 */

import { blurBackground } from "./handjs_blur.js";
import { HEIGHT, WIDTH } from "./handjs_model.js";
import { context2d, flush } from "./shared.js";

const MARGIN = 2; // pixels of the overlay around what it covers, so that scaling finds the same neighbours
const TILE = 8; // pixels of the overlay
const LEAST_FOR_TILES = 300_000; // pixels of the output

/**
 * color: the overlay's, ABGR without alpha, and css, the same; both null where it is the blurred background. covers: where it
 * is opaque.
 *
 * @typedef {{color: number | null, css: string | null, covers: "person" | "background", operator: GlobalCompositeOperation,
 *   hasBackdrop: boolean}} Effect
 */

/** @type {Record<string, Effect>} */
const EFFECTS = {
  fill: { color: 0x00_ff_00, css: "#00FF00", covers: "person", operator: "source-over", hasBackdrop: false },
  blur: { color: null, css: null, covers: "background", operator: "source-over", hasBackdrop: false },
  picture: { color: 0, css: "#000000", covers: "background", operator: "destination-out", hasBackdrop: true },
};

const image = new ImageData(WIDTH, HEIGHT);
const pixels = new Uint32Array(image.data.buffer);
const overlay = context2d(new OffscreenCanvas(WIDTH, HEIGHT));

/** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} */
let output;
let effect = EFFECTS.fill;
/** @type {ImageBitmap} */
let backdrop;
/** The backdrop at the output's size. @type {OffscreenCanvas | null} */
let fitted = null;

/** @param {OffscreenCanvas} canvas */
export function paintOn(canvas) {
  output = context2d(canvas);
}

/**
 * @param {string} name
 * @param {ImageBitmap} picture of the output's aspect
 */
export function setEffect(name, picture) {
  effect = EFFECTS[name];
  backdrop?.close();
  backdrop = picture;
  fitted = null;
}

/** The output as PNG. */
export function snapshot() {
  return /** @type {OffscreenCanvas} */ (output.canvas).convertToBlob();
}

/**
 * Makes the overlay; returns the rows and columns in which it covers anything.
 *
 * @param {Float32Array} mask
 * @param {Uint8ClampedArray} sample the frame at the mask's size, RGBA
 */
export function makeOverlay(mask, sample) {
  const { color, covers } = effect;
  if (color === null) blurBackground(sample, mask, pixels);
  const [base, slope] = covers === "person" ? [0, 1] : [255, -1];
  let [left, top, right, bottom] = [WIDTH, HEIGHT, -1, -1];
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      const alpha = base + slope * ((mask[i] * 255 + 0.5) | 0);
      pixels[i] = (color ?? pixels[i]) | (alpha << 24);
      if (!alpha) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  overlay.putImageData(image, 0, 0);
  return { left, top, right, bottom };
}

/**
 * @param {CanvasImageSource} frame
 * @param {number} width
 * @param {number} height
 * @param {ReturnType<typeof makeOverlay>} covered
 */
export function paint(frame, width, height, covered) {
  if (output.canvas.width !== width || output.canvas.height !== height) {
    Object.assign(output.canvas, { width, height });
    fitted = null;
  }
  output.globalCompositeOperation = "copy";
  output.drawImage(frame, 0, 0);
  output.globalCompositeOperation = effect.operator;
  if (effect.css && width * height >= LEAST_FOR_TILES) drawTiles(width, height, effect.css);
  else if (covered.right >= 0) drawPart(width / WIDTH, height / HEIGHT, covered);
  if (effect.hasBackdrop) {
    output.globalCompositeOperation = "destination-over";
    fitted ??= fit(width, height);
    output.drawImage(fitted, 0, 0);
  }
  flush(output);
}

/**
 * @param {number} width
 * @param {number} height
 */
function fit(width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = context2d(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(backdrop, 0, 0, width, height);
  return canvas;
}

/**
 * @param {number} scaleX
 * @param {number} scaleY
 * @param {ReturnType<typeof makeOverlay>} covered
 */
function drawPart(scaleX, scaleY, { left, top, right, bottom }) {
  const [x, y] = [Math.max(0, left - MARGIN), Math.max(0, top - MARGIN)];
  const [w, h] = [Math.min(WIDTH, right + 1 + MARGIN) - x, Math.min(HEIGHT, bottom + 1 + MARGIN) - y];
  output.drawImage(overlay.canvas, x, y, w, h, x * scaleX, y * scaleY, w * scaleX, h * scaleY);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {string} css
 */
function drawTiles(width, height, css) {
  const [opaque, mixed] = [new Path2D(), new Path2D()];
  for (let y = 0; y < HEIGHT; y += TILE) addRow(y, opaque, mixed, width / WIDTH, height / HEIGHT);
  output.fillStyle = css;
  output.fill(opaque);
  output.save();
  output.clip(mixed);
  output.drawImage(overlay.canvas, 0, 0, width, height);
  output.restore();
}

/**
 * Adds the runs of a row of tiles to their paths, in whole pixels of the output.
 *
 * @param {number} y
 * @param {Path2D} opaque
 * @param {Path2D} mixed
 * @param {number} scaleX
 * @param {number} scaleY
 */
function addRow(y, opaque, mixed, scaleX, scaleY) {
  const [top, bottom] = [Math.round(y * scaleY), Math.round((y + TILE) * scaleY)];
  let [start, kind] = [0, 0];
  for (let x = 0; x <= WIDTH; x += TILE) {
    const next = x < WIDTH ? kindOf(x, y) : -1;
    if (next === kind) continue;
    const [left, right] = [Math.round(start * scaleX), Math.round(x * scaleX)];
    if (kind && right > left) (kind === 1 ? opaque : mixed).rect(left, top, right - left, bottom - top);
    [start, kind] = [x, next];
  }
}

/**
 * 0 for a transparent tile, 1 for an opaque one, 2 for another; pixels around it count, as scaling mixes them with its own.
 *
 * @param {number} left
 * @param {number} top
 */
function kindOf(left, top) {
  const [right, bottom] = [Math.min(WIDTH, left + TILE + 1), Math.min(HEIGHT, top + TILE + 1)];
  let [every, some] = [255, 0];
  for (let y = Math.max(0, top - 1); y < bottom; y++) {
    for (let x = Math.max(0, left - 1); x < right; x++) {
      const alpha = pixels[y * WIDTH + x] >>> 24;
      every &= alpha;
      some |= alpha;
    }
  }
  if (!some) return 0;
  return every === 255 ? 1 : 2;
}
