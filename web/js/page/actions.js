// Snapshot and full screen.

import { byId } from "../dom.js";
import { saveFile, stamped } from "../save_file.js";

/**
 * @param {() => Promise<Blob>} takeSnapshot
 * @param {(sentence: string) => void} onFault
 */
export function wireActions(takeSnapshot, onFault) {
  const snapshot = byId("snapshot-button", HTMLButtonElement);
  snapshot.addEventListener("click", async () => {
    try {
      saveFile(await takeSnapshot(), stamped("png"));
    } catch (error) {
      onFault(`The snapshot could not be taken (${error instanceof Error ? error.message : error}): try again.`);
    }
  });
  wireFullScreen(byId("fullscreen-button", HTMLButtonElement), byId("viewport", HTMLDivElement), onFault);
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
