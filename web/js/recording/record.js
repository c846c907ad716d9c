// From an element's composites to a recording.

import { openMicrophone } from "./microphone.js";
import { Recording } from "./recording.js";
import { readWanted, typeFor } from "./wanted.js";

/** @param {() => MediaStream} stream @param {MediaStreamTrack | false} sound  Goes, if there is no picture. */
function pictureStream(stream, sound) {
  try {
    return stream();
  } catch (error) {
    if (sound) sound.stop();
    throw error;
  }
}

/**
 * @param {unknown} options  See `RecordOptions` in `web/types/pyselfie.d.ts`.
 * @param {object} picture
 * @param {boolean} picture.isTransparent  Whether the effect is.
 * @param {number} picture.width
 * @param {number} picture.height
 * @param {(alpha: boolean) => MediaStream} picture.stream  Asked for last.
 * @returns {Promise<Recording>}
 */
export async function record(options, { isTransparent, width, height, stream }) {
  const asked = readWanted(options);
  const wanted = { ...asked, transparent: asked.transparent ?? (isTransparent && asked.format !== "mp4") };
  const type = typeFor(wanted);
  const { audio } = wanted;
  const sound = typeof audio === "boolean" ? audio && (await openMicrophone()) : audio.clone();
  const pictures = pictureStream(() => stream(wanted.transparent), sound);
  const all = new MediaStream([...pictures.getTracks(), ...(sound ? [sound] : [])]);
  const release = () => {
    for (const track of [...pictures.getTracks(), ...all.getTracks()]) track.stop();
  };
  try {
    return new Recording(all, type, wanted, { width, height, release });
  } catch (error) {
    release();
    throw new Error(`The browser's recorder cannot begin (${error instanceof Error ? error.message : error}).`);
  }
}
