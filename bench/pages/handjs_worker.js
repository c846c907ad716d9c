/**
 * The best that JavaScript does here with the same stages as ours: the frame is converted once, buffers are made once, the
 * mask is coloured at the model's size and drawn over the image, where the person is (the pixels of source-in and
 * destination-atop for an opaque image, with one small blended pass instead of three large ones). On large images tiles that
 * are the person throughout are filled, and the mask is drawn where tiles are neither all person nor all background.
 */

import { context2d, flush } from "./shared.js";

const ORT = "/modules/onnxruntime-web/dist/ort.wasm.min.mjs";
const MODEL = "/models/selfie_segmentation_landscape_web.onnx"; // what our own worker takes, as it takes it
const WIDTH = 256;
const HEIGHT = 144;
const STAGES = ["capture", "preprocess", "infer", "postprocess", "paint"];
const MARGIN = 2; // pixels of the mask around the person, so that scaling finds the same neighbours
const GREEN = 0x00_00_ff_00; // ABGR, alpha left to the mask
const TILE = 8; // pixels of the mask
const LEAST_FOR_TILES = 300_000; // pixels of the output

const input = new Float32Array(WIDTH * HEIGHT * 3);
const fill = new ImageData(WIDTH, HEIGHT);
const fillPixels = new Uint32Array(fill.data.buffer);
const small = context2d(new OffscreenCanvas(WIDTH, HEIGHT), { willReadFrequently: true, alpha: false });
const coloured = context2d(new OffscreenCanvas(WIDTH, HEIGHT));
const scratch = context2d(new OffscreenCanvas(1, 1), { willReadFrequently: true });
let rgba = new ImageData(1, 1);

/** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} */
let output;
/** @type {import("onnxruntime-web").InferenceSession} */
let session;
/** @type {Record<string, import("onnxruntime-web").Tensor>} */
let feeds;

/**
 * @param {OffscreenCanvas} canvas
 * @param {BenchOptions} options
 */
async function prepare(canvas, { threads }) {
  /** @type {typeof import("onnxruntime-web")} */
  const ort = await import(ORT);
  ort.env.wasm.numThreads = threads;
  session = await ort.InferenceSession.create(MODEL, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "disabled",
  });
  feeds = { [session.inputNames[0]]: new ort.Tensor("float32", input, [1, HEIGHT, WIDTH, 3]) };
  await infer();
  output = context2d(canvas);
  return { backend: "onnxruntime-web wasm", threads: ort.env.wasm.numThreads };
}

/**
 * Drawing a VideoFrame converts it every time, and slowly; copyTo converts it once.
 *
 * @param {VideoFrame} frame
 */
async function convert(frame) {
  const { displayWidth: width, displayHeight: height } = frame;
  if (rgba.width !== width || rgba.height !== height) {
    rgba = new ImageData(width, height);
    Object.assign(scratch.canvas, { width, height });
  }
  await frame.copyTo(rgba.data, /** @type {VideoFrameCopyToOptions} */ ({ format: "RGBA" }));
  scratch.putImageData(rgba, 0, 0);
  return scratch.canvas;
}

/** The quickest way for each kind of frame. @param {ImageBitmap | VideoFrame} frame */
function wayFor(frame) {
  if (frame instanceof ImageBitmap) return "none";
  return frame.format === "I420" ? "copyTo" : "createImageBitmap";
}

/** @param {ImageBitmap | VideoFrame} frame */
function pictureOf(frame) {
  if (frame instanceof ImageBitmap) return frame;
  return wayFor(frame) === "copyTo" ? convert(frame) : createImageBitmap(frame);
}

/** @param {CanvasImageSource} image */
function preprocess(image) {
  small.drawImage(image, 0, 0, WIDTH, HEIGHT);
  const { data } = small.getImageData(0, 0, WIDTH, HEIGHT);
  for (let from = 0, to = 0; to < input.length; from += 4, to += 3) {
    input[to] = data[from] / 255;
    input[to + 1] = data[from + 1] / 255;
    input[to + 2] = data[from + 2] / 255;
  }
}

async function infer() {
  const { [session.outputNames[0]]: output } = await session.run(feeds);
  return /** @type {Float32Array} */ (output.data);
}

/**
 * Colours the mask; returns the rows and columns in which there is a person.
 *
 * @param {Float32Array} mask
 */
function postprocess(mask) {
  let [left, top, right, bottom] = [WIDTH, HEIGHT, -1, -1];
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      const alpha = (mask[i] * 255 + 0.5) | 0;
      fillPixels[i] = GREEN | (alpha << 24);
      if (!alpha) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  coloured.putImageData(fill, 0, 0);
  return { left, top, right, bottom };
}

/**
 * @param {CanvasImageSource} image
 * @param {number} width
 * @param {number} height
 * @param {ReturnType<typeof postprocess>} person
 */
function paint(image, width, height, person) {
  if (output.canvas.width !== width || output.canvas.height !== height) Object.assign(output.canvas, { width, height });
  output.globalCompositeOperation = "copy";
  output.drawImage(image, 0, 0);
  output.globalCompositeOperation = "source-over";
  if (width * height >= LEAST_FOR_TILES) drawTiles(width, height);
  else if (person.right >= 0) drawPerson(width / WIDTH, height / HEIGHT, person);
  flush(output);
}

/**
 * @param {number} scaleX
 * @param {number} scaleY
 * @param {ReturnType<typeof postprocess>} person
 */
function drawPerson(scaleX, scaleY, { left, top, right, bottom }) {
  const [x, y] = [Math.max(0, left - MARGIN), Math.max(0, top - MARGIN)];
  const [w, h] = [Math.min(WIDTH, right + 1 + MARGIN) - x, Math.min(HEIGHT, bottom + 1 + MARGIN) - y];
  output.drawImage(coloured.canvas, x, y, w, h, x * scaleX, y * scaleY, w * scaleX, h * scaleY);
}

/**
 * @param {number} width
 * @param {number} height
 */
function drawTiles(width, height) {
  const [opaque, mixed] = [new Path2D(), new Path2D()];
  for (let y = 0; y < HEIGHT; y += TILE) addRow(y, opaque, mixed, width / WIDTH, height / HEIGHT);
  output.fillStyle = "#00FF00";
  output.fill(opaque);
  output.save();
  output.clip(mixed);
  output.drawImage(coloured.canvas, 0, 0, width, height);
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
      const alpha = fillPixels[y * WIDTH + x] >>> 24;
      every &= alpha;
      some |= alpha;
    }
  }
  if (!some) return 0;
  return every === 255 ? 1 : 2;
}

/** @param {ImageBitmap | VideoFrame} frame */
async function segment(frame) {
  const wayIn = wayFor(frame);
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const image = await pictureOf(frame);
  mark();
  preprocess(image);
  mark();
  const mask = await infer();
  mark();
  const person = postprocess(mask);
  mark();
  paint(image, image.width, image.height, person);
  frame.close();
  if (image instanceof ImageBitmap) image.close();
  mark();
  const stages = Object.fromEntries(STAGES.map((name, i) => [name, marks[i + 1] - marks[i]]));
  return { totalMs: marks[5] - marks[0], stages, wayIn };
}

self.onmessage = async ({ data }) => {
  try {
    if (data.frame) self.postMessage(await segment(data.frame));
    else if (data.canvas) self.postMessage(await prepare(data.canvas, data.options));
    else self.postMessage({ picture: await createImageBitmap(output.canvas) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
