// From one picture of a video to the next: browsers tell a video's time, but not how long its frames last.

const UNKNOWN_S = 1 / 30;
const SHORTEST_S = 1 / 250;
const LONGEST_S = 1 / 4;

export class FrameSteps {
  #video;
  /** The shortest time from one frame to the next, in seconds. */
  #duration = UNKNOWN_S;
  #isMeasured = false;
  /** When the picture that is shown begins. */
  #time = 0;
  #count = 0;
  #isTimed;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#isTimed = "requestVideoFrameCallback" in video;
    if (this.#isTimed) video.requestVideoFrameCallback((_, frame) => this.#see(frame));
  }

  /** @param {VideoFrameCallbackMetadata} frame */
  #see({ mediaTime, presentedFrames }) {
    const passed = (mediaTime - this.#time) / (presentedFrames - this.#count);
    if (passed > SHORTEST_S && passed < LONGEST_S && !(this.#isMeasured && passed > this.#duration)) {
      this.#duration = passed;
      this.#isMeasured = true;
    }
    [this.#time, this.#count] = [mediaTime, presentedFrames];
    this.#video.requestVideoFrameCallback((_, frame) => this.#see(frame));
  }

  /** Pause, and show the picture that is so many frames away; as the video goes round, behind its end is its beginning. @param {number} frames */
  async go(frames) {
    const video = this.#video;
    video.pause();
    const begins = (this.#isTimed ? this.#time : video.currentTime) + frames * this.#duration;
    const last = Math.max(video.duration - this.#duration, 0);
    const half = this.#duration / 2; // what is off by less is the frame itself
    const gone = begins > last + half ? 0 : begins < -half ? last : begins;
    this.#time = Math.min(Math.max(gone, 0), last); // a paused video may not tell of the frame that it has jumped to
    const shown = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
    video.currentTime = this.#time + half; // in its middle: its ends are rounded
    await shown;
  }
}
