// What processTrack and its track take: each value is judged here as far as JavaScript must, the rest is Python's.

import { entriesOf, faultOf, optionsFor, PLAIN, parsed, unknownOption } from "../options.js";
import { show } from "../show.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */
/** @typedef {import("../options.js").Option} Option */

/** What can change while the track runs. */
export const CHANGEABLE = optionsFor("change");
const ALL = optionsFor("track");
/** What only the track can be told: nobody hears an `error` event before it is there. */
const OWN = ["onFailure", "stopSource", "releaseWhenMuted"];
const INITIAL = Object.fromEntries(
  ALL.filter(({ name }) => OWN.includes(name)).map(({ name, initial }) => [name, initial]),
);
const CAMERA = OWN.slice(1);
/** For a track whose camera is somebody else's. */
export const WITHOUT_CAMERA = ALL.filter(({ name }) => !CAMERA.includes(name));

/**
 * All options of a new track.
 *
 * @param {unknown} options
 * @returns {TrackOptions & {stopSource: boolean, releaseWhenMuted: boolean}}
 */
export function readTrackOptions(options) {
  const read = /** @type {ReturnType<typeof readTrackOptions>} */ ({ ...INITIAL, ...readOptions(options, ALL) });
  if (read.releaseWhenMuted && !read.stopSource) {
    throw new TypeError("releaseWhenMuted stops the camera, so it cannot go with stopSource: false. Leave one out.");
  }
  return read;
}

/**
 * The options that are not undefined, each a plain value.
 *
 * @param {unknown} options
 * @param {readonly Option[]} known
 * @returns {TrackOptions}
 */
export function readOptions(options, known) {
  const entries = entriesOf(options, '{ effect: "blur" }').filter(([, value]) => value !== undefined);
  const names = known.map(({ name }) => name);
  for (const [name, value] of entries) {
    const option = known.find((one) => one.name === name);
    const fault = option ? faultOf(option, value) : "";
    if (!option) throw new TypeError(unknownOption(name, names));
    if (fault && (OWN.includes(name) || !PLAIN.includes(typeof value))) throw new TypeError(`${fault}.`);
  }
  return Object.fromEntries(entries);
}

/**
 * What a track that begins later starts with: of a change what is right. A background that comes without an effect
 * decides, as while one runs.
 *
 * @param {TrackOptions} options
 * @param {TrackOptions} changes
 * @returns {TrackOptions}
 */
export function changed({ effect, ...options }, changes) {
  const { options: right } = judged(changes);
  return right.background === undefined ? { effect, ...options, ...right } : { ...options, ...right };
}

/**
 * What is right as the engine takes it, and a sentence for each that is wrong.
 *
 * @param {TrackOptions} options of `readOptions`
 * @returns {{options: Omit<TrackOptions, "modelSelection"> & {modelSelection?: number}, faults: string[]}}
 */
export function judged(options) {
  const faults = [];
  /** @type {Record<string, unknown>} */
  const right = {};
  for (const option of ALL) {
    const value = Reflect.get(options, option.name);
    if (value === undefined) continue;
    const fault = faultOf(option, value);
    if (fault) faults.push(`${fault}; the last one stays.`);
    else right[option.name] = parsed(option, value);
  }
  return { options: right, faults };
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
