// From one picture of a video to the next: browsers tell a video's time, but not how long its frames last.

const UNKNOWN_S = 1 / 30;
const LONGEST_S = 0.25;

export class FrameSteps {
  #video;
  /** The shortest time from one frame to the next, in seconds. */
  #duration = UNKNOWN_S;
  #isMeasured = false;
  /** When the picture that is shown begins. */
  #time = 0;
  #isTimed;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#isTimed = "requestVideoFrameCallback" in video;
    if (this.#isTimed) video.requestVideoFrameCallback((_, frame) => this.#see(frame));
  }

  /** @param {VideoFrameCallbackMetadata} frame */
  #see({ mediaTime }) {
    const passed = mediaTime - this.#time;
    if (passed > 0.001 && passed < LONGEST_S && !(this.#isMeasured && passed > this.#duration)) {
      this.#duration = passed;
      this.#isMeasured = true;
    }
    this.#time = mediaTime;
    this.#video.requestVideoFrameCallback((_, frame) => this.#see(frame));
  }

  /** Pause, and show the picture that is so many frames away. @param {number} frames */
  async go(frames) {
    const video = this.#video;
    video.pause();
    const began = this.#isTimed ? this.#time : video.currentTime;
    const place = began + (frames + 0.5) * this.#duration; // in the middle of it: its ends are rounded
    const shown = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
    video.currentTime = Math.min(Math.max(place, 0), Math.max(video.duration - this.#duration / 2, 0));
    await shown;
  }
}
