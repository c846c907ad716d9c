/** Contenders: @mediapipe/selfie_segmentation, and what stands in for it, with the composite of its documentation. */

import { context2d, flush, makeFrames, offer, personOfComposite } from "./shared.js";

const output = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas"));
const context = context2d(output);
const { home = "", backend = "" } = output.dataset;

// The library is a script that leaves its class on the window.
const { SelfieSegmentation } = /** @type {typeof import("@mediapipe/selfie_segmentation")} */ (
  /** @type {unknown} */ (globalThis)
);
const segmenter = new SelfieSegmentation({ locateFile: (file) => home + file });

/** @type {HTMLCanvasElement[]} */
let frames = [];

/** @param {import("@mediapipe/selfie_segmentation").Results} results */
function composite(results) {
  context.save();
  context.clearRect(0, 0, output.width, output.height);
  context.drawImage(results.segmentationMask, 0, 0, output.width, output.height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = "#00FF00";
  context.fillRect(0, 0, output.width, output.height);
  context.globalCompositeOperation = "destination-atop";
  context.drawImage(results.image, 0, 0, output.width, output.height);
  context.restore();
  flush(context);
}

/** @param {BenchOrder} order */
async function makeCanvases(order) {
  const bitmaps = await makeFrames({ ...order, kind: "bitmap" });
  return bitmaps.map((bitmap) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: order.width, height: order.height });
    context2d(canvas).drawImage(/** @type {ImageBitmap} */ (bitmap), 0, 0);
    bitmap.close();
    flush(context2d(canvas));
    return canvas;
  });
}

/** @returns {Promise<BenchSample[]>} */
async function run() {
  const samples = [];
  for (const image of frames) {
    const start = performance.now();
    await segmenter.send({ image });
    const totalMs = performance.now() - start;
    samples.push({ totalMs, roundTripMs: totalMs, mainMs: totalMs, stages: {} });
  }
  return samples;
}

offer({
  async prepare() {
    segmenter.setOptions({ modelSelection: 1 });
    segmenter.onResults(composite);
    await segmenter.initialize();
    return { backend, threads: 1 };
  },
  async stock(order) {
    Object.assign(output, { width: order.width, height: order.height });
    frames = await makeCanvases(order);
  },
  run,
  async person() {
    return personOfComposite(output);
  },
});
