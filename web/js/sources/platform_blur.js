// A camera that blurs the background itself: the track's settings tell of it, and frames where the browser lets them.

const GOES_ON =
  "The camera goes on blurring the background itself: turn that off in the system's settings, or set platformBlur to “keep”.";

/** Whether its background is blurred, as the frame itself says; undefined: it says nothing. @param {ImageBitmap | VideoFrame} frame @returns {boolean | undefined} */
export function blurOf(frame) {
  return "metadata" in frame ? /** @type {any} */ (frame).metadata().backgroundBlur?.enabled : undefined;
}

export class PlatformBlur {
  #track;
  #sink;
  #tell;
  #isOn = false;
  #hasAsked = false;
  #read = () => {
    const isOn = this.#track.getSettings().backgroundBlur === true;
    if (isOn !== this.#isOn) this.#hasAsked = false;
    this.#isOn = isOn;
  };

  /**
   * @param {MediaStreamTrack} track
   * @param {{platformBlur?: string | null}} sink
   * @param {(sentence: string) => void} tell
   */
  constructor(track, sink, tell) {
    this.#track = track;
    this.#sink = sink;
    this.#tell = tell;
    this.#read();
    track.addEventListener("configurationchange", this.#read);
  }

  /** Whether the camera has blurred this frame; where that isn't wanted it is asked to stop. @param {ImageBitmap | VideoFrame} frame */
  has(frame) {
    const isBlurred = blurOf(frame) ?? this.#isOn;
    if (isBlurred && this.#sink.platformBlur === "off" && !this.#hasAsked) void this.#ask();
    return isBlurred;
  }

  async #ask() {
    this.#hasAsked = true;
    const wanted = { ...this.#track.getConstraints(), backgroundBlur: false };
    await this.#track.applyConstraints(wanted).catch(() => {}); // what came of it is in the settings
    if (this.#track.getSettings().backgroundBlur === true) this.#tell(GOES_ON);
    else this.#read();
  }

  close() {
    this.#tell = () => {}; // an answer may still come
    this.#track.removeEventListener("configurationchange", this.#read);
  }
}
