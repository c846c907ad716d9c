// Pictures that the browser does not hand to a worker, and what to do about it.

const UNREADABLE =
  "The browser keeps this picture's pixels to itself: it comes from another origin without its permission (CORS), or is " +
  'an SVG with HTML in it (foreignObject). Load it with crossorigin="anonymous" from a server that allows this page, or ' +
  "save it as a PNG or JPEG.";

/**
 * @param {unknown} picture that `postMessage` has refused
 * @returns {string} one sentence or two: what came, and what to do
 */
export function whyRefused(picture) {
  const kind = Object.prototype.toString.call(picture).slice(8, -1);
  if (picture instanceof ImageBitmap) return picture.width > 0 ? UNREADABLE : gone(kind);
  if ("VideoFrame" in globalThis && picture instanceof VideoFrame)
    return picture.codedWidth > 0 ? UNREADABLE : gone(kind);
  return `The picture is of the kind ${kind}, but it has to be an ImageBitmap or a VideoFrame: make one of it with createImageBitmap().`;
}

/** @param {string} kind */
function gone(kind) {
  return `The ${kind} has no pixels any more, as it was closed or handed over before: give each picture once, and a new one next time.`;
}
