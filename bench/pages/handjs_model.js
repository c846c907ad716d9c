/** The model, as our own worker takes it: its input, which is the frame's sample, and its mask. */

import { context2d } from "./shared.js";

const ORT = "/modules/onnxruntime-web/dist/ort.wasm.min.mjs";
const MODEL = "/models/selfie_segmentation_landscape_web.onnx";
export const WIDTH = 256;
export const HEIGHT = 144;

const input = new Float32Array(WIDTH * HEIGHT * 3);
const small = context2d(new OffscreenCanvas(WIDTH, HEIGHT), { willReadFrequently: true, alpha: false });

/** @type {import("onnxruntime-web").InferenceSession} */
let session;
/** @type {Record<string, import("onnxruntime-web").Tensor>} */
let feeds;

/** @param {BenchOptions} options */
export async function loadModel({ threads }) {
  /** @type {typeof import("onnxruntime-web")} */
  const ort = await import(ORT);
  ort.env.wasm.numThreads = threads;
  session = await ort.InferenceSession.create(MODEL, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "disabled",
  });
  feeds = { [session.inputNames[0]]: new ort.Tensor("float32", input, [1, HEIGHT, WIDTH, 3]) };
  await infer();
  return { backend: "onnxruntime-web wasm", threads: ort.env.wasm.numThreads };
}

/** Makes the model's input; returns the frame at its size, RGBA. @param {CanvasImageSource} image */
export function preprocess(image) {
  small.drawImage(image, 0, 0, WIDTH, HEIGHT);
  const { data } = small.getImageData(0, 0, WIDTH, HEIGHT);
  for (let from = 0, to = 0; to < input.length; from += 4, to += 3) {
    input[to] = data[from] / 255;
    input[to + 1] = data[from + 1] / 255;
    input[to + 2] = data[from + 2] / 255;
  }
  return data;
}

export async function infer() {
  const { [session.outputNames[0]]: output } = await session.run(feeds);
  return /** @type {Float32Array} */ (output.data);
}
