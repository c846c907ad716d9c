// The track that is read now: captured, exchanged for another one, let go of and taken again.

import { captureTrack } from "../sources/capture.js";

export const USUAL_FPS = 30;
/** No picture comes for a while, and again. */
const MUTES = ["mute", "unmute"];

export class TrackSource {
  #sink;
  #stops;
  #onEnded;
  #onMuted;
  #onNotice;
  #wasMuted = false;
  #tellMuted = () => {
    if (this.track.muted === this.#wasMuted) return;
    this.#wasMuted = this.track.muted;
    this.#onMuted(this.#wasMuted);
  };
  #stopCapture = async () => {};
  /** @type {MediaTrackConstraints} what opens the released camera again */
  #wanted = {};
  /** @type {AbortController | null} while a camera is being opened */
  #opening = null;
  #isReleased = false;

  /**
   * @param {MediaStreamTrack} track
   * @param {import("../sources/capture.js").Sink} sink
   * @param {{stopSource: boolean, onEnded: () => void, onMuted: (muted: boolean) => void, onNotice: (sentence: string) => void}} settings
   */
  constructor(track, sink, { stopSource, onEnded, onMuted, onNotice }) {
    this.track = track;
    this.#sink = sink;
    this.#stops = stopSource;
    this.#onEnded = onEnded;
    this.#onMuted = onMuted;
    this.#onNotice = onNotice;
  }

  get isReleased() {
    return this.#isReleased;
  }

  start() {
    this.#isReleased = false;
    this.track.addEventListener("ended", this.#onEnded);
    for (const type of MUTES) this.track.addEventListener(type, this.#tellMuted);
    this.#tellMuted();
    this.#stopCapture = captureTrack(this.track, this.#sink, this.#onNotice);
  }

  /** @param {MediaStreamTrack} track */
  replace(track) {
    this.#leave(this.#stops && track !== this.track);
    this.track = track;
    this.start();
  }

  /** Stop the camera, to be opened again. */
  release() {
    this.#opening?.abort();
    if (this.#isReleased) return;
    const { deviceId } = this.track.getSettings();
    this.#wanted = { ...this.track.getConstraints(), ...(deviceId && { deviceId: { exact: deviceId } }) };
    this.#isReleased = true;
    this.#leave(true);
  }

  /** Open the released camera. @returns {Promise<boolean>} false if something else came first */
  async reopen() {
    if (!this.#isReleased || (this.#opening && !this.#opening.signal.aborted)) return false;
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.#wanted });
      const [track] = stream.getVideoTracks();
      if (opening.signal.aborted) {
        track.stop();
        return false;
      }
      this.track = track;
      this.start();
      return true;
    } catch (error) {
      if (opening.signal.aborted) return false;
      throw error;
    } finally {
      if (this.#opening === opening) this.#opening = null;
    }
  }

  end() {
    this.#leave(this.#stops);
  }

  /** @param {boolean} stops the track, too */
  #leave(stops) {
    const { track } = this;
    this.#opening?.abort();
    track.removeEventListener("ended", this.#onEnded);
    for (const type of MUTES) track.removeEventListener(type, this.#tellMuted);
    const ended = this.#stopCapture();
    if (stops) void ended.then(() => track.stop());
  }
}

/** @param {MediaStreamTrack} track */
export function fpsOf(track) {
  return track.getSettings().frameRate || USUAL_FPS;
}
