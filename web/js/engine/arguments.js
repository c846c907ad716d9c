// What pages may pass to an engine's methods: a sentence about what cannot be that, nothing about what can.

import { entriesOf, PLAIN } from "../options.js";
import { kindOf, show } from "../show.js";

const FRAMES = ["ImageBitmap", "VideoFrame"];
const TRACES = ["off", "live", "held"];

/** By its name: a frame of another window has another class. @param {unknown} frame @param {unknown} kind */
export function frameFault(frame, kind) {
  if (!FRAMES.includes(kindOf(frame))) return `push() takes an ImageBitmap or a VideoFrame, but got ${show(frame)}.`;
  if (typeof kind === "object" && kind !== null) return "";
  return `push() takes what kind of frame it is as an object like { still: true }, but got ${show(kind)}.`;
}

/** @param {unknown} bitmap */
export function backdropFault(bitmap) {
  if (bitmap === null || kindOf(bitmap) === "ImageBitmap") return "";
  return `setBackdrop() takes an ImageBitmap or null, but got ${show(bitmap)}; the last one stays.`;
}

/** @param {unknown} fps */
export function frameRateFault(fps) {
  if (fps === undefined || (typeof fps === "number" && fps > 0)) return "";
  return `captureStream() takes a number of frames a second above 0, or nothing, but got ${show(fps)}.`;
}

/** @param {unknown} state */
export function traceFault(state) {
  if (TRACES.includes(/** @type {string} */ (state))) return "";
  return `setTrace() takes one of ${TRACES.join(", ")}, but got ${show(state)}; the last one stays.`;
}

/** @param {unknown} step */
export function stepFault(step) {
  return typeof step === "string" ? "" : `getTraced() takes a step's name like “composite”, but got ${show(step)}.`;
}

/**
 * The values for an effect's controls as JSON has them.
 *
 * @param {unknown} values
 * @returns {{values: Record<string, number | boolean | string>, fault: string}}
 */
export function readValues(values) {
  try {
    const entries = entriesOf(values, "{ strength: 0.5 }", "An effect's values");
    const wrong = entries.find(([, value]) => !PLAIN.includes(typeof value));
    const fault = wrong ? `${wrong[0]} is ${show(wrong[1])}, but it has to be a number, true, false or a text.` : "";
    return { values: /** @type {any} */ (Object.fromEntries(entries)), fault };
  } catch (error) {
    return { values: {}, fault: /** @type {Error} */ (error).message };
  }
}
