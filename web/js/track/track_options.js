// What processTrack and its track take: each value is judged here as far as JavaScript must, the rest is Python's.

import { shorten, show } from "../show.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */

/** What can change while the track runs. */
export const CHANGEABLE = ["effect", "background", "strength", "mirror", "modelSelection"];
/** What the engine is made with. */
export const FIXED = ["site", "backend", "painter", "onFailure"];
const SOURCE = ["stopSource", "releaseWhenMuted"];
const PLAIN = ["string", "number", "boolean"]; // all that a message to the worker carries as it is

/**
 * All options of a new track.
 *
 * @param {unknown} options
 * @returns {TrackOptions & {stopSource: boolean, releaseWhenMuted: boolean}}
 */
export function readTrackOptions(options) {
  const given = readOptions(options, [...CHANGEABLE, ...FIXED, ...SOURCE]);
  const read = { stopSource: true, releaseWhenMuted: false, ...given };
  checkOnFailure(read.onFailure);
  for (const name of SOURCE) {
    const value = Reflect.get(read, name);
    if (typeof value !== "boolean") throw new TypeError(`${name} is ${show(value)}, but it has to be true or false.`);
  }
  if (read.releaseWhenMuted && !read.stopSource) {
    throw new TypeError("releaseWhenMuted stops the camera, so it cannot go with stopSource: false. Leave one out.");
  }
  return read;
}

/**
 * The options that are not undefined, each a plain value.
 *
 * @param {unknown} options
 * @param {string[]} known
 * @returns {TrackOptions}
 */
export function readOptions(options, known) {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`The options are ${show(options)}, but they have to be an object like { effect: "blur" }.`);
  }
  const entries = entriesOf(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) {
    if (!known.includes(name)) {
      throw new TypeError(`There is no option ${show(name)} here; the options are ${known.join(", ")}.`);
    }
    if (!PLAIN.includes(typeof value)) {
      throw new TypeError(`The option ${name} is ${show(value)}, but it has to be a text, a number, true or false.`);
    }
  }
  const read = Object.fromEntries(entries);
  return typeof read.effect === "string" ? { ...read, effect: shorten(read.effect) } : read; // for Python's message
}

/** @param {unknown} value */
export function checkOnFailure(value) {
  if (value === undefined || value === "freeze" || value === "placeholder") return;
  throw new TypeError(`onFailure is ${show(value)}, but it has to be "freeze" or "placeholder".`);
}

/** @param {object} options a proxy or a getter may throw @returns {[string, unknown][]} */
function entriesOf(options) {
  try {
    return Object.entries(options);
  } catch (error) {
    throw new TypeError("The options cannot be read: pass a plain object.", { cause: error });
  }
}

/**
 * Why this is no source, in one sentence; nothing if it is one.
 *
 * @param {string} taker
 * @param {unknown} source
 * @param {boolean} releaseWhenMuted
 */
export function sourceFault(taker, source, releaseWhenMuted) {
  const kind = kindOf(source);
  if (kind !== "video") {
    return `${taker} needs a video MediaStreamTrack, but got ${kind ? `an ${kind} track` : show(source)}.`;
  }
  const track = /** @type {MediaStreamTrack} */ (source);
  if (track.readyState === "ended") {
    return `${taker} got a track that has ended: open the camera again and pass its new track.`;
  }
  if (releaseWhenMuted && !track.getSettings().deviceId) {
    return `releaseWhenMuted needs a camera's track, but ${taker} got one without a device: it could not be opened again.`;
  }
  return "";
}

/** @param {unknown} source a track behind a proxy is none @returns {string} empty: no track */
function kindOf(source) {
  try {
    return source instanceof MediaStreamTrack ? source.kind : "";
  } catch {
    return "";
  }
}
