// From one picture of a video to the next: browsers tell a video's time, but not how long its frames last.

const UNKNOWN_S = 1 / 30;
const SHORTEST_S = 1 / 250;
const LONGEST_S = 1 / 4;
/** Times that differ by less than this share count as equal. */
const SAME = 0.1;

/** @param {number} one @param {number} other */
const isSame = (one, other) => Math.abs(one - other) < SAME * other;

export class FrameSteps {
  #video;
  /** From one frame to the next, in seconds: the mean of the shortest times, as files round them. */
  #duration = UNKNOWN_S;
  #measured = 0;
  /** What was measured last. What two in a row do not agree on may be half a frame: browsers now and then count one twice. */
  #newest = 0;
  /** When the picture that is shown begins. */
  #time = 0;
  /** Where the video has jumped to; null while it plays. @type {number | null} */
  #place = null;
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
    if (!this.#video.paused) {
      if (this.#place === null) this.#measure((mediaTime - this.#time) / (presentedFrames - this.#count));
      this.#place = null;
    }
    if (this.#isOfPlace(mediaTime)) this.#time = mediaTime;
    this.#count = presentedFrames;
    this.#video.requestVideoFrameCallback((_, frame) => this.#see(frame));
  }

  /** @param {number} passed seconds from one frame to another, or more where frames were left out */
  #measure(passed) {
    if (!(passed > SHORTEST_S && passed < LONGEST_S)) return;
    if (this.#measured && isSame(passed, this.#duration))
      this.#duration += (passed - this.#duration) / ++this.#measured;
    else if (isSame(passed, this.#newest) && (!this.#measured || passed < this.#duration))
      [this.#duration, this.#measured] = [(passed + this.#newest) / 2, 2];
    this.#newest = passed;
  }

  /** After a jump Firefox tells of the place itself, and late of frames before it. @param {number} time when a frame begins */
  #isOfPlace(time) {
    return this.#place === null || (time > this.#place - this.#duration && time < this.#place - SHORTEST_S / 4);
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
    this.#place = this.#time + half; // in its middle: its ends are rounded
    video.currentTime = this.#place;
    await shown;
  }
}
