// Ways in which files reach the page: the file button, drag and drop anywhere, and paste.

import { byId } from "../dom.js";

/** @typedef {(files: File[]) => void} OnFiles */

/**
 * @param {OnFiles} onFiles  Called with at least one file.
 * @param {(sentence: string) => void} onNothing  Called when something without a file was dropped or pasted.
 */
export function wireIntake(onFiles, onNothing) {
  wireButton(onFiles);
  wireDrop(onFiles, onNothing);
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (isTaken(event, files)) return;
    if (files.length > 0) onFiles(files);
    else onNothing("The clipboard holds no picture: copy a picture first, then paste it here.");
  });
}

/** Whether an editor or a field has taken what came, as it is no picture. @param {Event} event @param {File[]} files */
function isTaken({ defaultPrevented, target }, files) {
  const isField = target instanceof HTMLInputElement && ["text", "number"].includes(target.type);
  return (defaultPrevented || isField) && !files.some(({ type }) => /^(image|video)\//.test(type));
}

/** @param {OnFiles} onFiles */
function wireButton(onFiles) {
  const input = byId("file-input", HTMLInputElement);
  byId("file-button", HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = ""; // The same file can be chosen again.
    if (files.length > 0) onFiles(files);
  });
}

/**
 * @param {OnFiles} onFiles
 * @param {(sentence: string) => void} onNothing
 */
function wireDrop(onFiles, onNothing) {
  const target = byId("droptarget", HTMLDivElement);
  const show = (/** @type {boolean} */ on) => {
    target.dataset.active = String(on);
  };
  document.addEventListener("dragenter", (event) => show(event.dataTransfer?.types.includes("Files") ?? false));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) show(false); // The pointer left the window, not just an element.
  });
  document.addEventListener("drop", (event) => {
    show(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (isTaken(event, files)) return;
    event.preventDefault();
    if (files.length > 0) onFiles(files);
    else onNothing("Nothing that was dropped is a file: drop a photo or a video.");
  });
}
