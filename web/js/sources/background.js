// What stands behind the person: a colour, a picture or a video, by the value of one attribute.

import { readPicture } from "./photo.js";
import { parse, request } from "./url.js";

const VIDEO_INTERVAL_MS = 1000 / 15; // a backdrop moves well enough so, at half the cost

/** @param {string} value */
export function isColor(value) {
  return CSS.supports("color", value) && value !== "currentcolor";
}

/**
 * Any CSS colour as the engine takes them; a transparent part is painted on black.
 *
 * @param {string} value
 * @returns {string} "#rrggbb"
 */
export function hexColor(value) {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(1, 1).getContext("2d", { alpha: false })
  );
  context.fillStyle = value;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Show the picture or video at `address` behind the person until told to stop.
 *
 * @param {string} address
 * @param {(bitmap: ImageBitmap) => void} give  Takes each bitmap over.
 * @param {AbortSignal} signal
 */
export async function feedBackdrop(address, give, signal) {
  const url = parse(address);
  const response = await request(url, signal);
  if (response.headers.get("Content-Type")?.startsWith("video/")) {
    void response.body?.cancel();
    await playBackdrop(url.href, give, signal);
    return;
  }
  const { bitmap } = await readPicture(await response.blob(), "The background picture");
  if (signal.aborted) bitmap.close();
  else give(bitmap);
}

/**
 * @param {string} url
 * @param {(bitmap: ImageBitmap) => void} give
 * @param {AbortSignal} signal
 */
async function playBackdrop(url, give, signal) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, crossOrigin: "anonymous", src: url });
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  signal.addEventListener("abort", () => video.removeAttribute("src"), { once: true });
  await new Promise((resolve, reject) => {
    video.onloadeddata = resolve;
    video.onerror = () => reject(new Error("The background video cannot be played by this browser."));
  });
  const show = async () => {
    if (signal.aborted) return;
    const bitmap = await createImageBitmap(video).catch(() => null);
    if (signal.aborted) bitmap?.close();
    else if (bitmap) give(bitmap);
    if (!still.matches) setTimeout(show, VIDEO_INTERVAL_MS);
  };
  if (!still.matches) await video.play().catch(() => {}); // refused: its first picture stays
  void show();
}
