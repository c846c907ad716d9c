/** From whatever the page has to a handle that the worker can take over. */

import { kindOf, show } from "../show.js";

/** @typedef {import("../../types/selfie_segmentation.d.ts").InputImage} InputImage */

const EXPECTED = "a video, image or canvas element, an OffscreenCanvas, an ImageBitmap, a VideoFrame or an ImageData";
const NEEDED = "send() needs {image}: the image";
const FOREIGN =
  "The image comes from another origin without its permission (CORS), or is an SVG with HTML in it (foreignObject), so its " +
  'pixels may not be read: load it with crossorigin="anonymous" from a server that allows this page, or save it as a PNG.';

/** Pixel size by class; by its name, as an element of another frame has another class. @type {Record<string, (source: any) => [number, number]>} */
const SIZES = {
  HTMLVideoElement: ({ videoWidth, videoHeight }) => [videoWidth, videoHeight],
  HTMLImageElement: ({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight],
  HTMLCanvasElement: ({ width, height }) => [width, height],
  OffscreenCanvas: ({ width, height }) => [width, height],
  ImageBitmap: ({ width, height }) => [width, height],
  ImageData: ({ width, height }) => [width, height],
  VideoFrame: ({ displayWidth, displayHeight }) => [displayWidth, displayHeight],
};

/** @param {unknown} inputs  Of `send`. */
export function imageOf(inputs) {
  try {
    return /** @type {{image?: unknown} | null | undefined} */ (inputs)?.image;
  } catch (cause) {
    throw new TypeError(`${NEEDED} of ${show(inputs)} cannot be read, expected ${EXPECTED}.`, { cause });
  }
}

/**
 * Take the picture that `source` shows at this moment; the source stays the caller's.
 *
 * @param {unknown} source
 * @returns {Promise<ImageBitmap | VideoFrame>} whoever gets it closes it
 */
export async function takePicture(source) {
  const kind = kindOf(source);
  const size = Object.hasOwn(SIZES, kind) && SIZES[kind](source);
  if (!size) throw new TypeError(`${NEEDED} is ${show(source)}, expected ${EXPECTED}.`);
  if (!size[0] || !size[1]) throw new Error(nothingToSee(kind, size));
  try {
    return await take(kind, /** @type {any} */ (source));
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    throw kind === "HTMLVideoElement" && name === "InvalidStateError"
      ? new Error(nothingToSee(kind, size))
      : readable(error);
  }
}

/** @param {string} kind @param {any} source */
function take(kind, source) {
  if (kind === "VideoFrame") return source.clone();
  if (kind === "HTMLVideoElement" && "VideoFrame" in globalThis) return takeFrame(source);
  return createImageBitmap(source);
}

/** A `VideoFrame` costs the main thread a tenth of what an `ImageBitmap` does. @param {HTMLVideoElement} video */
function takeFrame(video) {
  try {
    return new VideoFrame(video);
  } catch {
    return createImageBitmap(video); // a browser that has no frame of this video, or says better what is wrong
  }
}

/** @param {string} kind @param {[number, number]} size */
function nothingToSee(kind, [width, height]) {
  const remedy = {
    HTMLVideoElement: "wait for its `loadeddata` event",
    HTMLImageElement: "wait for its `load` event, or await its decode()",
  };
  const what = remedy[/** @type {keyof typeof remedy} */ (kind)] ?? "it has no pixels, or was closed or handed over";
  return `There is no picture to segment: the ${kind} (${width}x${height} pixels) shows none; ${what}.`;
}

/** What went wrong on a picture's way to the worker, as one sentence. @param {unknown} error */
export function readable(error) {
  const { name, message } = /** @type {Error} */ (error);
  if (name === "SecurityError" || name === "DataCloneError") return new Error(FOREIGN, { cause: error });
  return new Error(`The browser could not take the picture (${name}: ${message}).`, { cause: error });
}
