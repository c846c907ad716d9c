// A photo as a source: decoded by the browser off the main thread, upright (EXIF), and no larger than the engine paints.

import { SourceError } from "./sources.js";
import { isWhole } from "./whole.js";

/** @typedef {import("./capture.js").Sink} Sink */
/** @typedef {import("./sources.js").Source} Source */

/** The engine's canvas is not larger than this, in pixels on the long side. */
export const LONGEST_SIDE = 4096;
/** Below this nobody could tell a person from the background. */
const SHORTEST_SIDE = 16;

/**
 * Let the browser read as much of a picture as it can; this also tells the upright size without decoding everything.
 *
 * @param {string} url
 * @param {string} name
 * @returns {Promise<HTMLImageElement>}
 */
export async function load(url, name) {
  const image = new Image();
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = url;
    });
  } catch {
    throw new SourceError(
      `“${name}” is no picture or video that this browser can read: choose a JPEG, PNG, WebP, MP4 or WebM file.`,
    );
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  if (Math.min(width, height) >= SHORTEST_SIDE) return image;
  throw new SourceError(
    `“${name}” is only ${width} × ${height} pixels: choose a picture with at least ${SHORTEST_SIDE} on each side.`,
  );
}

/**
 * @param {{naturalWidth: number, naturalHeight: number}} size
 * @returns {ImageBitmapOptions}
 */
export function fitting({ naturalWidth: width, naturalHeight: height }) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  if (scale === 1) return {};
  return {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: "high",
  };
}

/**
 * @param {HTMLImageElement} image
 * @returns {ImageBitmap | "unreadable" | null} Unreadable: nothing may be done with it but to look at it. Null: it is broken
 *   or too large for a canvas.
 */
function drawn(image) {
  const { resizeWidth = image.naturalWidth, resizeHeight = image.naturalHeight } = fitting(image);
  try {
    const canvas = new OffscreenCanvas(resizeWidth, resizeHeight);
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0, resizeWidth, resizeHeight);
    context?.getImageData(0, 0, 1, 1); // refused now, and not later on its way to the worker
    return canvas.transferToImageBitmap();
  } catch (error) {
    return error instanceof DOMException && error.name === "SecurityError" ? "unreadable" : null;
  }
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @returns {Promise<{bitmap: ImageBitmap, notice: string}>} The caller owns the bitmap.
 */
export async function readPicture(blob, name) {
  const url = URL.createObjectURL(blob);
  try {
    const image = await load(url, name);
    const whole = await createImageBitmap(blob, fitting(image)).catch(() => null);
    if (whole) return { bitmap: whole, notice: await noticeOf(name, blob, image, whole) };
    // Chromium decodes no blob that isn't complete; an image element gives the part that is there.
    const part = drawn(image);
    if (part === "unreadable") {
      throw new SourceError(
        `“${name}” is an SVG with HTML in it (foreignObject), whose pixels browsers keep to themselves: save it as a PNG or JPEG and open that.`,
      );
    }
    if (part) return { bitmap: part, notice: partNotice(name, blob) };
    const pixels = `${image.naturalWidth} × ${image.naturalHeight}`;
    throw new SourceError(
      `“${name}” could not be decoded (${pixels} pixels may be too many for this device): choose a smaller picture.`,
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {string} name
 * @param {Blob} blob
 */
function partNotice(name, blob) {
  if (blob.type === "image/svg+xml") return ""; // Whole, but only the image element can draw it.
  return `“${name}” is damaged or cut off: the part of the picture that could be read is shown.`;
}

/**
 * @param {string} name
 * @param {Blob} blob
 * @param {HTMLImageElement} image
 * @param {ImageBitmap} bitmap
 */
async function noticeOf(name, blob, image, bitmap) {
  return (await isWhole(blob)) ? sizeNotice(name, image, bitmap) : partNotice(name, blob);
}

/**
 * @param {string} name
 * @param {HTMLImageElement} image
 * @param {ImageBitmap} bitmap
 */
function sizeNotice(name, image, bitmap) {
  if (bitmap.width === image.naturalWidth) return "";
  const format = (/** @type {number} */ pixels) => pixels.toLocaleString("en");
  const before = `${format(image.naturalWidth)} × ${format(image.naturalHeight)}`;
  const after = `${format(bitmap.width)} × ${format(bitmap.height)}`;
  return `“${name}” is very large (${before} pixels), so it is shown at ${after}.`;
}

/**
 * @param {Blob} blob
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {"photo"|"sample"} [kind]
 * @returns {Promise<Source>}
 */
export async function openPhoto(blob, name, signal, kind = "photo") {
  const { bitmap, notice } = await readPicture(blob, name);
  const source = new PhotoSource(name, kind, bitmap, notice);
  if (signal.aborted) source.close();
  return source;
}

/**
 * @param {URL} url
 * @param {AbortSignal} signal
 * @returns {Promise<Source>}
 */
export async function openSample(url, signal) {
  const response = await fetch(url, { signal }).catch(() => null);
  if (!response?.ok) {
    throw new SourceError("The sample portrait could not be loaded: open a photo or a video, or use the camera.");
  }
  return openPhoto(await response.blob(), "Sample portrait", signal, "sample");
}

class PhotoSource {
  /** @type {ImageBitmap | null} Ours until it is handed over. */
  #bitmap;

  /**
   * @param {string} name
   * @param {"photo"|"sample"} kind
   * @param {ImageBitmap} bitmap
   * @param {string} notice
   */
  constructor(name, kind, bitmap, notice) {
    this.name = name;
    this.kind = kind;
    this.notice = notice;
    this.#bitmap = bitmap;
  }

  /** @param {Sink} sink */
  start(sink) {
    if (this.#bitmap) sink.push(this.#bitmap, { still: true });
    this.#bitmap = null;
  }

  close() {
    this.#bitmap?.close();
    this.#bitmap = null;
  }
}
