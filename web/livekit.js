// A processor for LiveKit's camera tracks: `await videoTrack.setProcessor(new SelfieProcessor({ effect: "blur" }))`.

import { forwardEvents } from "./js/track/forward_events.js";
import { processTrack } from "./js/track/process_track.js";
import { CHANGEABLE, changed, readOptions, WITHOUT_CAMERA } from "./js/track/track_options.js";

/** @typedef {import("./types/livekit.js").ProcessorOptions} ProcessorOptions */

/** LiveKit opens and stops the camera, mutes and changes it; this reads what it is given and never stops it. */
export class SelfieProcessor extends EventTarget {
  name = "pyselfie";
  /** @type {import("./types/pyselfie.js").ProcessedTrack | undefined} */
  processedTrack;
  #options;

  /** @param {ProcessorOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = readOptions(options, WITHOUT_CAMERA);
  }

  /** @param {{track: MediaStreamTrack}} given */
  async init({ track }) {
    if (this.#isLive) throw new Error("This SelfieProcessor is on a track already: make another one for this track.");
    this.#read(track);
  }

  /** LiveKit has another camera track: after an unmute, a restart, a change of the device. @param {{track: MediaStreamTrack}} given */
  async restart({ track }) {
    this.#read(track);
  }

  async destroy() {
    this.processedTrack?.stop();
    this.processedTrack = undefined;
  }

  /** @param {import("./types/pyselfie.js").TrackChanges} options */
  setOptions(options) {
    const changes = readOptions(options, CHANGEABLE);
    this.processedTrack?.setOptions(changes);
    this.#options = changed(this.#options, changes);
  }

  get #isLive() {
    return this.processedTrack?.readyState === "live";
  }

  /** @param {MediaStreamTrack} source */
  #read(source) {
    if (source.readyState === "ended") return; // LiveKit's track is muted: with the unmute comes a live one
    // Not awaited: LiveKit would wait for the first composite with its lock held.
    if (this.#isLive) void this.processedTrack?.replaceSource(source);
    else this.#begin(source); // the first one, or the one before was unplugged and our track has ended with it
  }

  /** @param {MediaStreamTrack} source */
  #begin(source) {
    const track = processTrack(source, { ...this.#options, stopSource: false });
    forwardEvents(track, this);
    this.processedTrack = track;
  }
}
