// Snapshot and full screen.

import { byId } from "../dom.js";

/**
 * @param {() => Promise<Blob>} takeSnapshot
 * @param {(sentence: string) => void} onFault
 */
export function wireActions(takeSnapshot, onFault) {
  const snapshot = byId("snapshot-button", HTMLButtonElement);
  snapshot.addEventListener("click", async () => {
    try {
      download(await takeSnapshot());
    } catch (error) {
      onFault(`The snapshot could not be taken (${error instanceof Error ? error.message : error}): try again.`);
    }
  });
  wireFullScreen(byId("fullscreen-button", HTMLButtonElement), byId("viewport", HTMLDivElement), onFault);
}

/** @param {Blob} png */
function download(png) {
  const time = new Date().toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = `pyselfie-${time}.png`;
  link.click();
  // The download has its own hold on the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} viewport
 * @param {(sentence: string) => void} onFault
 */
function wireFullScreen(button, viewport, onFault) {
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    viewport.requestFullscreen().catch(() => onFault("The browser refused the full screen: try again."));
  });
  viewport.addEventListener("click", () => {
    if (document.fullscreenElement) void document.exitFullscreen(); // For screens without an Escape key.
  });
}
