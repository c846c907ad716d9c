// An effect for Jitsi's camera tracks: `await localTrack.setEffect(new SelfieEffect({ effect: "blur" }))`.

import { show } from "./js/show.js";
import { forwardEvents } from "./js/track/forward_events.js";
import { processTrack } from "./js/track/process_track.js";
import { CHANGEABLE, changed, readOptions, sourceFault, WITHOUT_CAMERA } from "./js/track/track_options.js";

/** @typedef {import("./types/jitsi.js").EffectOptions} EffectOptions */

/** lib-jitsi-meet opens and stops the camera; a mute stops the effect, too, and the unmute starts it again. */
export class SelfieEffect extends EventTarget {
  /** @type {import("./types/pyselfie.js").ProcessedTrack | undefined} */
  processedTrack;
  #options;

  /** @param {EffectOptions} [options] */
  constructor(options = {}) {
    super();
    this.#options = readOptions(options, WITHOUT_CAMERA);
  }

  /** Jitsi asks whether it may be on this track: on cameras, not on microphones and screens. @param {import("./types/jitsi.js").JitsiTrack} track */
  isEnabled(track) {
    return track.isVideoTrack() && track.videoType === "camera";
  }

  /** @param {MediaStream} stream */
  startEffect(stream) {
    if (this.processedTrack?.readyState === "live") {
      throw new Error("This SelfieEffect is on a track already: make another one for this track.");
    }
    if (!(stream instanceof MediaStream))
      throw new TypeError(`startEffect needs a MediaStream, but got ${show(stream)}.`);
    const [source] = stream.getVideoTracks();
    const fault = source ? sourceFault("startEffect", source, false) : "startEffect needs a stream with a video track.";
    if (fault) throw new TypeError(fault);
    const track = processTrack(source, { ...this.#options, stopSource: false });
    forwardEvents(track, this);
    this.processedTrack = track;
    return new MediaStream([track]);
  }

  stopEffect() {
    this.processedTrack?.stop();
    this.processedTrack = undefined;
  }

  /** @param {import("./types/pyselfie.js").TrackChanges} options */
  setOptions(options) {
    const changes = readOptions(options, CHANGEABLE);
    this.processedTrack?.setOptions(changes);
    this.#options = changed(this.#options, changes);
  }
}
