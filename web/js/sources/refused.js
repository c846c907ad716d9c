// Pictures that the browser does not hand to a worker, and what to do about it.

import { kindOf } from "../show.js";

const UNREADABLE =
  "The browser keeps this picture's pixels to itself: it comes from another origin without its permission (CORS), or is " +
  'an SVG with HTML in it (foreignObject). Load it with crossorigin="anonymous" from a server that allows this page, or ' +
  "save it as a PNG or JPEG.";

/**
 * @param {unknown} picture that `postMessage` has refused
 * @returns {string} one sentence or two: what came, and what to do
 */
export function whyRefused(picture) {
  const kind = kindOf(picture);
  const width = widthOf(picture);
  if (width === null) {
    return `The picture is of the kind ${kind}, but it has to be an ImageBitmap or a VideoFrame itself: make one of it with createImageBitmap().`;
  }
  if (width > 0) return UNREADABLE;
  return `The ${kind} has no pixels any more, as it was closed or handed over before: give each picture once, and a new one next time.`;
}

/** @param {unknown} picture @returns {number | null} 0 if it was closed, null if it is no picture */
function widthOf(picture) {
  try {
    if (picture instanceof ImageBitmap) return picture.width;
    if ("VideoFrame" in globalThis && picture instanceof VideoFrame) return picture.codedWidth;
  } catch {
    // a proxy, or an object that only has the prototype
  }
  return null;
}
