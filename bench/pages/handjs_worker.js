/**
 * The best that JavaScript does here with the same stages as ours: the frame is converted once, buffers are made once, the
 * overlay is made at the model's size and drawn where it covers the image (the pixels of source-in and destination-atop for
 * an opaque image, with one small blended pass instead of three large ones).
 */

import { infer, loadModel, preprocess } from "./handjs_model.js";
import { makeOverlay, paint, paintOn, setEffect, snapshot } from "./handjs_paint.js";
import { context2d } from "./shared.js";

const STAGES = ["capture", "preprocess", "infer", "postprocess", "paint"];

const scratch = context2d(new OffscreenCanvas(1, 1), { willReadFrequently: true });
let rgba = new ImageData(1, 1);

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

/** @param {ImageBitmap | VideoFrame} frame */
async function segment(frame) {
  const wayIn = wayFor(frame);
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const image = await pictureOf(frame);
  mark();
  const sample = preprocess(image);
  mark();
  const mask = await infer();
  mark();
  const covered = makeOverlay(mask, sample);
  mark();
  paint(image, image.width, image.height, covered);
  frame.close();
  if (image instanceof ImageBitmap) image.close();
  mark();
  const stages = Object.fromEntries(STAGES.map((name, i) => [name, marks[i + 1] - marks[i]]));
  return { totalMs: marks[5] - marks[0], stages, wayIn };
}

/** @param {any} data */
async function answer(data) {
  if (data.frame) return segment(data.frame);
  if (data.canvas) {
    paintOn(data.canvas);
    return loadModel(data.options);
  }
  if (!data.effect) return { png: await snapshot() };
  setEffect(data.effect, data.backdrop);
  return {};
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(await answer(data));
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
