// A video and the video of its masks, stepped through side by side.

import { SourceError } from "../sources/sources.js";

const MOST_FRAMES = 120;
const WATCHED = 12; // frames that tell the rate
const WATCH_MS = 3_000;
const USUAL_RATE = 30;
const RATES = [12, 15, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 120];
const NEAR = 0.004;
const SEEK_MS = 10_000;
const LOOK_MS = 20;
const MOST_LOOKS = 25; // a frame that is shown for long began long ago

/** @typedef {import("./lab.js").Pair} Pair */

export class Clip {
  clip = true;
  #video;
  /** @type {HTMLVideoElement | null} */
  #truth;
  #step;
  /** @type {Pair[]} */
  pairs;
  /** What people should know of how it is read: the end of a sentence. */
  notice;

  /** @param {HTMLVideoElement} video @param {HTMLVideoElement | null} truth @param {number} rate frames per second */
  constructor(video, truth, rate) {
    this.#video = video;
    this.#truth = truth;
    this.#step = 1 / rate;
    const all = Math.max(1, Math.round(video.duration * rate));
    const count = Math.min(MOST_FRAMES, all);
    this.pairs = Array.from({ length: count }, (_, at) => ({ name: `frame ${at + 1}`, picture: at, truth: at }));
    const some = count < all ? `, the first of about ${all} frames` : "";
    const flicker = truth ? "" : "; without a mask video only the flicker is known";
    this.notice = `${some}, at about ${Math.round(rate)} a second${flicker}`;
  }

  /** @param {File} video @param {File | undefined} truth @returns {Promise<Clip>} */
  static async open(video, truth) {
    const opening = [opened(video), ...(truth ? [opened(truth)] : [])];
    const settled = await Promise.allSettled(opening);
    const found = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (found.length < opening.length) for (const one of found) close(one);
    const [shown, masks = null] = await Promise.all(opening);
    if (masks && (masks.videoWidth !== shown.videoWidth || masks.videoHeight !== shown.videoHeight)) {
      const sizes = [masks, shown].map((one) => `${one.videoWidth} × ${one.videoHeight}`);
      for (const one of [shown, masks]) close(one);
      throw new SourceError(
        `The mask video is ${sizes[0]} and the video ${sizes[1]} pixels: choose a mask video of the same size.`,
      );
    }
    return new Clip(shown, masks, await rateOf(shown));
  }

  /** @param {Pair} pair @returns {Promise<import("./lab.js").Taken>} */
  async read({ picture }) {
    const time = (picture + 0.5) * this.#step; // the middle of the frame, so that rounding finds no neighbour
    const videos = this.#truth ? [this.#video, this.#truth] : [this.#video];
    const [shown, masks = null] = await Promise.all(videos.map((video) => frameAt(video, time, this.#step)));
    return { picture: shown, truth: masks, hasPalette: false };
  }

  close() {
    for (const video of [this.#video, this.#truth]) close(video);
  }
}

/** Nothing of it stays in memory. @param {HTMLVideoElement | null} video */
function close(video) {
  if (!video) return;
  URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load(); // its decoder goes
}

/** @param {File} file @returns {Promise<HTMLVideoElement>} */
async function opened(file) {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  video.src = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = reject;
    });
    if (!video.videoWidth || !Number.isFinite(video.duration)) throw new Error("no picture, or no end");
  } catch {
    video.onerror = null;
    close(video);
    throw new SourceError(`“${file.name}” is not a video this browser can read: choose an MP4 or WebM file.`);
  }
  return video;
}

/**
 * Files do not tell their frame rate: it is that of the first frames that are shown.
 *
 * @param {HTMLVideoElement} video
 */
async function rateOf(video) {
  if (!("requestVideoFrameCallback" in video)) return USUAL_RATE;
  const seen = await watch(video);
  const steps = seen
    .slice(1)
    .map(({ mediaTime }, at) => mediaTime - seen[at].mediaTime)
    .filter((step) => step > 0);
  const shortest = Math.min(...steps);
  const single = steps.filter((step) => step < 1.5 * shortest); // a slow device leaves frames out
  if (single.length === 0) return USUAL_RATE;
  const rate = single.length / single.reduce((sum, step) => sum + step, 0);
  const off = (/** @type {number} */ usual) => Math.abs(rate / usual - 1);
  const [nearest] = RATES.toSorted((one, other) => off(one) - off(other));
  return off(nearest) < NEAR ? nearest : rate; // times in files are rounded
}

/** @param {HTMLVideoElement} video */
async function watch(video) {
  /** @type {VideoFrameCallbackMetadata[]} */
  const seen = [];
  const watched = new Promise((resolve) => {
    const note = (/** @type {number} */ _, /** @type {VideoFrameCallbackMetadata} */ frame) => {
      seen.push(frame);
      if (seen.length === WATCHED) resolve(null);
      else video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
    video.onended = resolve;
    setTimeout(resolve, WATCH_MS);
  });
  await video.play().catch(() => {});
  await watched;
  video.pause();
  return seen;
}

/**
 * What the video shows at a time. A seek may be over before its frame is there to be taken: the frame's own time tells,
 * or in Firefox, whose frames have a wrong one, that of the frame that was shown last.
 *
 * @param {HTMLVideoElement} video
 * @param {number} time seconds, the middle of the frame
 * @param {number} step seconds
 */
async function frameAt(video, time, step) {
  let last = Number.NaN;
  video.requestVideoFrameCallback?.((_, { mediaTime }) => {
    last = mediaTime;
  });
  await seek(video, time);
  if (!("VideoFrame" in globalThis)) return createImageBitmap(video);
  const isIt = (/** @type {number} */ began) => time - began > -step / 2 && time - began < step;
  for (let attempt = 1; ; attempt++) {
    const frame = new VideoFrame(video);
    try {
      if (isIt(frame.timestamp / 1e6) || isIt(last) || attempt === MOST_LOOKS) return await createImageBitmap(frame);
    } finally {
      frame.close();
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** @param {HTMLVideoElement} video @param {number} time seconds */
async function seek(video, time) {
  if (time >= video.duration) throw new SourceError("The mask video ends before the video.");
  const done = Promise.withResolvers();
  video.onseeked = done.resolve;
  video.onemptied = () => done.reject(new SourceError("The video was closed before its next frame was read."));
  video.onerror = () => done.reject(new SourceError("The video is damaged: its next frame cannot be read."));
  const limit = setTimeout(
    () => done.reject(new SourceError("The video could not be moved to its next frame.")),
    SEEK_MS,
  );
  video.currentTime = time;
  await done.promise.finally(() => clearTimeout(limit));
}
