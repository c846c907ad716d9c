// What a page may ask of a recording, and what of it this browser's recorder has.

import { entriesOf } from "../options.js";
import { kindOf, show } from "../show.js";

/**
 * @typedef {object} Wanted
 * @property {"webm" | "mp4" | null} format  null: whichever there is.
 * @property {boolean | MediaStreamTrack} audio
 * @property {boolean | null} transparent  null: if the effect is.
 * @property {number} maxSeconds
 * @property {number} maxBytes
 */

/** The best first. Only VP8 and VP9 have alpha. @type {Record<"webm" | "mp4", string[]>} */
const VIDEO = { webm: ["vp9", "vp8"], mp4: ["avc1.640028", "avc1.42E01F", "vp9"] };
const AUDIO = { webm: ["opus"], mp4: ["mp4a.40.2", "opus"] };
const FORMATS = /** @type {const} */ (["webm", "mp4"]);
const AN_HOUR_S = 3600;
const TWO_GIGABYTES = 2e9;

/** @type {Record<string, (value: any) => boolean>} */
const FITS = {
  format: (value) => value === null || FORMATS.includes(value),
  audio: (value) => typeof value === "boolean" || (kindOf(value) === "MediaStreamTrack" && value.kind === "audio"),
  transparent: (value) => value === null || typeof value === "boolean",
  maxSeconds: isPositive,
  maxBytes: isPositive,
};
/** @type {Record<string, string>} */
const EXPECTED = {
  format: "“webm” or “mp4”",
  audio: "true, false or the track of a microphone",
  transparent: "true or false",
  maxSeconds: "a number of seconds above 0",
  maxBytes: "a number of bytes above 0",
};

/** @param {unknown} value */
function isPositive(value) {
  return typeof value === "number" && value > 0;
}

/**
 * @param {unknown} given
 * @returns {Wanted}
 * @throws {TypeError} If it's no such thing, in one sentence.
 */
export function readWanted(given) {
  const entries = entriesOf(given, '{ format: "webm" }', "The options of record()");
  /** @type {Record<string, unknown>} */
  const wanted = { format: null, audio: false, transparent: null, maxSeconds: AN_HOUR_S, maxBytes: TWO_GIGABYTES };
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    if (!Object.hasOwn(FITS, name)) {
      throw new TypeError(`record() knows no ${show(name)}: it takes ${Object.keys(FITS).join(", ")}.`);
    }
    if (!FITS[name](value)) {
      throw new TypeError(`${name} is ${show(value)}, but record() takes ${EXPECTED[name]}.`);
    }
    wanted[name] = value;
  }
  return /** @type {any} */ (wanted);
}

/** The formats that this browser can record. @returns {("webm" | "mp4")[]} */
export function recordable() {
  return FORMATS.filter((format) => typesOf(format, false).length > 0);
}

/**
 * The type for a `MediaRecorder`.
 *
 * @param {Wanted} wanted
 * @returns {string}
 * @throws {Error} If the browser has none, in one sentence.
 */
export function typeFor({ format, audio, transparent }) {
  const known = recordable();
  if (known.length === 0) throw new Error("This browser has no recorder for video.");
  const chosen = format ?? (transparent ? "webm" : known[0]);
  const [type] = typesOf(chosen, audio !== false);
  if (type && !(transparent && chosen === "mp4")) return type;
  if (type) throw new Error("MP4 keeps no transparency: record WebM, or leave out `transparent`.");
  throw new Error(`This browser records no ${chosen}: it records ${known.join(" and ")}.`);
}

/** @param {"webm" | "mp4"} format @param {boolean} withSound */
function typesOf(format, withSound) {
  if (!("MediaRecorder" in globalThis)) return [];
  const sounds = withSound ? AUDIO[format].map((name) => `,${name}`) : [""];
  return VIDEO[format]
    .flatMap((codec) => sounds.map((sound) => `video/${format};codecs=${codec}${sound}`))
    .filter((type) => MediaRecorder.isTypeSupported(type));
}
