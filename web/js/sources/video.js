// A video file as a source: muted, looping, with a pause. A paused video is a still that effects can be tried on.

import { captureStill, captureVideo } from "./capture.js";
import { FrameSteps } from "./frame_steps.js";
import { SourceError } from "./sources.js";

/** @typedef {import("./capture.js").Sink} Sink */
/** @typedef {import("./sources.js").Source} Source */

/**
 * @param {Blob | string} file  A file, or the URL of one that this page may read.
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<Source>}
 */
export async function openVideo(file, name, signal) {
  const source = new VideoSource(file, name);
  try {
    await source.load(signal);
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

class VideoSource {
  kind = /** @type {const} */ ("video");
  notice = "";
  #video = document.createElement("video");
  #url;
  #stop = () => {};
  /** @type {Sink | null} */
  #sink = null;

  /**
   * @param {Blob | string} file
   * @param {string} name
   */
  constructor(file, name) {
    this.name = name;
    this.#url = typeof file === "string" ? file : URL.createObjectURL(file);
    this.#video.crossOrigin = "anonymous";
    this.#video.muted = true;
    this.#video.loop = true;
    this.#video.playsInline = true;
    const video = this.#video;
    const steps = new FrameSteps(video);
    this.playback = {
      get paused() {
        return video.paused;
      },
      toggle: () => (video.paused ? void video.play().catch(() => {}) : video.pause()),
      /** @param {number} frames */
      step: (frames) => void steps.go(frames).then(() => this.#handStill()),
      onchange: () => {},
    };
  }

  /** @param {AbortSignal} signal */
  async load(signal) {
    const video = this.#video;
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new SourceError(this.#complaint()));
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      video.src = this.#url;
    });
    // With a codec that is not known, some files open with their sound only.
    if (video.videoWidth === 0) throw new SourceError(this.#complaint());
  }

  /**
   * @param {Sink} sink
   * @param {(sentence: string) => void} onFault
   */
  start(sink, onFault) {
    this.#sink = sink;
    const video = this.#video;
    video.onerror = () => onFault(`“${this.name}” is damaged and cannot be played on: open another file.`);
    video.onplay = () => this.playback.onchange();
    video.onpause = () => {
      this.playback.onchange();
      this.#handStill();
    };
    this.#stop = captureVideo(video, sink);
    // Where autoplay is refused, the first picture is shown and the play button waits.
    video.play().catch(() => this.#handStill());
  }

  #handStill() {
    const sink = this.#sink;
    if (sink && this.#video.paused) void captureStill(this.#video, sink, () => this.#sink === sink);
  }

  close() {
    this.#sink = null;
    this.#stop();
    const video = this.#video;
    video.onerror = video.onplay = video.onpause = null;
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(this.#url);
  }

  #complaint() {
    return `“${this.name}” is a video that this browser cannot play: convert it to MP4 (H.264) or WebM, or open another file.`;
  }
}
