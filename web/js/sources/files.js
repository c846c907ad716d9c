// A file as a source: decides by its content whether it is a photo or a video, and says what is wrong with it.

import { show } from "../show.js";
import { openPhoto } from "./photo.js";
import { SourceError } from "./sources.js";
import { openVideo } from "./video.js";

/**
 * @param {File} file
 * @param {AbortSignal} signal
 * @returns {Promise<import("./sources.js").Source>}
 */
export async function openFile(file, signal) {
  const name = show(file.name || "The pasted picture").slice(1, -1); // on one line, and no longer than a sentence bears
  if (file.size === 0) throw new SourceError(`“${name}” is empty (0 bytes): choose another file.`);
  await expectReadable(file, name);
  const opener = (await looksLikeVideo(file)) ? openVideo : openPhoto;
  return opener(file, name, signal);
}

/**
 * A dropped folder is handed over as a file that cannot be read.
 * @param {File} file
 * @param {string} name
 */
async function expectReadable(file, name) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new SourceError(`“${name}” cannot be read (is it a folder?): choose a photo or a video file.`);
  }
}

/**
 * Names and declared types are guesses of the operating system; the first bytes decide where they can.
 * @param {File} file
 */
async function looksLikeVideo(file) {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (text.startsWith("\x1aE\xdf\xa3") || text.startsWith("OggS")) return true;
  if (text.startsWith("RIFF")) return text.slice(8, 12) === "AVI ";
  if (text.slice(4, 8) === "ftyp") return !/avif|avis|heic|heix|mif1|msf1/.test(text.slice(8));
  return file.type.startsWith("video/");
}
