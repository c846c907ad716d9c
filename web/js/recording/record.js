// From an element's composites to a recording.

import { openMicrophone } from "./microphone.js";
import { Recording } from "./recording.js";
import { readWanted, typeFor } from "./wanted.js";

/** @typedef {import("../../types/pyselfie.js").Recording} Typed  With the types of its events. */

/**
 * @typedef {object} Picture
 * @property {boolean} isTransparent  Whether the effect is.
 * @property {number} width
 * @property {number} height
 * @property {() => boolean} isPainted
 * @property {(alpha: boolean) => MediaStream} stream  Of what is painted.
 */

/**
 * @param {unknown} options  See `RecordOptions` in `web/types/pyselfie.d.ts`.
 * @param {Picture} picture
 * @returns {Promise<Typed>}
 */
export async function record(options, { isTransparent, width, height, isPainted, stream }) {
  const wanted = readWanted(options);
  const type = typeFor(wanted);
  const alpha = wanted.transparent ?? (isTransparent && type.startsWith("video/webm"));
  mustBe(isPainted());
  const sound = await openSound(wanted.audio);
  /** @type {MediaStreamTrack[]} */
  const tracks = [...sound];
  const release = () => {
    for (const track of tracks) track.stop();
  };
  try {
    mustBe(isPainted()); // the element may have stopped while the microphone was asked for
    tracks.unshift(...stream(alpha).getTracks());
    return begun(new MediaStream(tracks), type, wanted, { width, height, release });
  } catch (error) {
    release();
    throw error;
  }
}

/** @param {boolean} isPainted */
function mustBe(isPainted) {
  if (!isPainted) throw new Error("There is no picture to record yet: wait for the first `frame` event.");
}

/** @param {boolean | MediaStreamTrack} audio @returns {Promise<MediaStreamTrack[]>} the recording's own */
async function openSound(audio) {
  if (typeof audio === "boolean") return audio ? [await openMicrophone()] : [];
  return [audio.clone()];
}

/** @param {ConstructorParameters<typeof Recording>} given @returns {Typed} */
function begun(...given) {
  try {
    /** @type {Omit<Typed, "addEventListener">} */
    const recording = new Recording(...given);
    return /** @type {Typed} */ (recording);
  } catch (error) {
    throw new Error(`The browser's recorder cannot begin (${error instanceof Error ? error.message : error}).`);
  }
}
