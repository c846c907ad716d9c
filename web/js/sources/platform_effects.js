// What a camera does itself: it blurs the background, of which the track's settings tell, and frames where the browser
// lets them; or it finds the person, and frames bring masks.

const GOES_ON =
  "The camera goes on blurring the background itself: turn that off in the system's settings, or set platformBlur to “keep”.";

/**
 * What the frame itself says, read once, as each reading may make the mask anew.
 *
 * @param {ImageBitmap | VideoFrame} frame
 * @returns {{blurred?: boolean, mask?: ImageBitmap}} blurred: whether its background is; mask: the caller's, to be closed
 */
export function saidBy(frame) {
  if (!("metadata" in frame)) return {};
  const { backgroundBlur, backgroundSegmentationMask: mask } = /** @type {any} */ (frame).metadata();
  return { blurred: backgroundBlur?.enabled, mask };
}

export class PlatformEffects {
  #track;
  #sink;
  #tell;
  #isOn = false;
  #hasAsked = false;
  #wantsMasks = false;
  #applied = Promise.resolve();
  #read = () => {
    const isOn = this.#track.getSettings().backgroundBlur === true;
    if (isOn !== this.#isOn) this.#hasAsked = false;
    this.#isOn = isOn;
  };

  /**
   * @param {MediaStreamTrack} track
   * @param {{platformBlur?: string | null, maskSource?: string | null}} sink
   * @param {(sentence: string) => void} tell
   */
  constructor(track, sink, tell) {
    this.#track = track;
    this.#sink = sink;
    this.#tell = tell;
    this.#read();
    track.addEventListener("configurationchange", this.#read);
  }

  /**
   * What the camera has done with this frame. Where its blur isn't wanted it is asked to stop, where its masks are, for them.
   *
   * @param {ImageBitmap | VideoFrame} frame
   */
  of(frame) {
    const { blurred = this.#isOn, mask } = saidBy(frame);
    if (blurred && this.#sink.platformBlur === "off" && !this.#hasAsked) void this.#ask();
    this.#askForMasks(this.#sink.maskSource === "auto");
    return { blurred, mask };
  }

  /** @param {boolean} wanted */
  #askForMasks(wanted) {
    if (wanted === this.#wantsMasks) return;
    this.#wantsMasks = wanted;
    const { backgroundSegmentationMask: can } = /** @type {any} */ (this.#track.getCapabilities?.() ?? {});
    if (can?.includes(wanted)) void this.#apply({ backgroundSegmentationMask: wanted });
  }

  async #ask() {
    this.#hasAsked = true;
    await this.#apply({ backgroundBlur: false }); // what came of it is in the settings
    if (this.#track.getSettings().backgroundBlur === true) this.#tell(GOES_ON);
    else this.#read();
  }

  /** Change the track's constraints, after any other change, which this one has to keep. @param {object} change */
  #apply(change) {
    const track = this.#track;
    const apply = () => track.applyConstraints({ ...track.getConstraints(), ...change });
    this.#applied = this.#applied.then(apply).catch(() => {});
    return this.#applied;
  }

  close() {
    this.#tell = () => {}; // an answer may still come
    this.#track.removeEventListener("configurationchange", this.#read);
    if (this.#track.readyState === "live") this.#askForMasks(false);
  }
}
