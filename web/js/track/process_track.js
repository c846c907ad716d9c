// A camera's track in, the same with its background changed out: for calls.

import { classImages, maskImage } from "../mask_image.js";
import { textOf } from "../show.js";
import { beginEngine } from "./begin_engine.js";
import { createOutput, tapForm } from "./composite_stream.js";
import { Placeholder } from "./placeholder.js";
import { CHANGEABLE, judged, readOptions, readTrackOptions, sourceFault } from "./track_options.js";
import { fpsOf, TrackSource, USUAL_FPS } from "./track_source.js";
import { Waits } from "./waits.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */
/** @typedef {import("../../types/pyselfie.js").TrackMetrics} TrackMetrics */
/** @typedef {ImageBitmap | VideoFrame} Frame */

/**
 * @param {MediaStreamTrack} source
 * @param {TrackOptions} [options]
 * @returns {import("../../types/pyselfie.js").ProcessedTrack}
 */
export function processTrack(source, options = {}) {
  const read = readTrackOptions(options);
  const fault = sourceFault("processTrack", source, read.releaseWhenMuted);
  if (fault) throw new TypeError(fault);
  return new TrackProcessing(source, read).track;
}

/** Only composites and the placeholder are ever written: a frame of the source goes to the engine or is closed. */
class TrackProcessing {
  #source;
  #begun;
  #engine;
  #onFailure;
  #releases;
  #output = createOutput();
  #waits = new Waits();
  /** @type {Set<number | undefined>} timestamps that the engine got since somebody waits for a new source's composite */
  #awaited = new Set();
  #placeholder = new Placeholder(
    (bitmap) => this.#output.write(bitmap),
    () => this.#source.track.getSettings(),
  );
  #fps = USUAL_FPS;
  #size = { width: 0, height: 0 };
  /** @type {TrackMetrics} */
  #metrics = {
    state: "starting",
    fps: 0,
    frames: 0,
    dropped: 0,
    framesPerMask: 1,
    masksReused: 0,
    maskFrom: "model",
    edgeDropped: false,
    stages: {},
  };

  /** @param {MediaStreamTrack} track @param {ReturnType<typeof readTrackOptions>} options */
  constructor(track, { onFailure, stopSource, releaseWhenMuted, ...given }) {
    this.#onFailure = onFailure;
    this.#releases = releaseWhenMuted;
    this.#begun = beginEngine(given, {
      onState: (state, detail) => this.#onState(state, detail),
      complain: (code, message) => this.#tell("error", { code, message, action: null }),
    });
    this.#engine = this.#begun.engine;
    this.#source = new TrackSource(track, this.#sink, {
      stopSource,
      onEnded: () => this.#onSourceEnded(),
      onMuted: (muted) => this.track.dispatchEvent(new Event(muted ? "mute" : "unmute")),
      onNotice: (message) => this.#tell("notice", { code: "camera", message }),
    });
    this.track = this.#dress(this.#output.track);
    this.#listen();
    this.#fps = fpsOf(track);
    this.#tap();
    this.#placeholder.show();
    this.#source.start();
  }

  /** What the source sees of the engine. @returns {import("../sources/capture.js").Sink} */
  get #sink() {
    const engine = this.#engine;
    return {
      get wantsFrame() {
        return engine.wantsFrame;
      },
      get runsHidden() {
        return engine.runsHidden;
      },
      get platformBlur() {
        return engine.platformBlur;
      },
      get maskSource() {
        return engine.maskSource;
      },
      skip: () => engine.skip(),
      push: (frame, kind) => {
        const timestamp = timestampOf(frame); // the frame is gone after this
        const taken = engine.push(frame, kind);
        if (taken && this.#waits.has("replaceSource")) this.#awaited.add(timestamp);
        return taken;
      },
    };
  }

  #tap() {
    const how = { fps: this.#fps, form: tapForm() };
    this.#engine.tap((frame, timestamp) => this.#onComposite(frame, timestamp), how);
  }

  /** @param {Frame} frame @param {number} [timestamp] */
  #onComposite(frame, timestamp = timestampOf(frame)) {
    if (this.#source.isReleased) return frame.close(); // late: the camera is off, and grey is shown until it is back
    this.#placeholder.hide();
    const arrived = this.#awaited.has(undefined) || this.#awaited.has(timestamp);
    this.#size = sizeOf(frame); // of what the track shows: a frame of the camera before may still come out
    this.#output.write(frame);
    if (!arrived) return;
    this.#awaited.clear();
    this.#waits.resolve("replaceSource");
  }

  /** @param {MediaStreamTrack} track @returns {import("../../types/pyselfie.js").ProcessedTrack} */
  #dress(track) {
    const source = this.#source;
    const stop = track.stop.bind(track);
    const settings = track.getSettings.bind(track);
    const processing = this;
    const dressed = Object.defineProperties(
      Object.assign(track, {
        setOptions: (/** @type {TrackOptions} */ options) => this.setOptions(options),
        setEffect: (/** @type {string | URL | null} */ wanted) => this.#begun.effect.set(wanted),
        setEffectValues: (/** @type {Record<string, number | boolean | string>} */ values) =>
          this.#engine.setEffectValues(values),
        stopEffect: () => this.#engine.stopEffect(),
        getMask: async () => maskImage(await this.#engine.getMask()),
        getClasses: async () => classImages(await this.#engine.getClasses()),
        restart: () => this.#restart(),
        replaceSource: (/** @type {MediaStreamTrack} */ wanted) => this.#replaceSource(wanted),
        getSettings: () => ({ ...settings(), ...source.track.getSettings(), ...this.#sizeOrNothing() }),
        getConstraints: () => source.track.getConstraints(),
        getCapabilities: () => source.track.getCapabilities(),
        applyConstraints: (/** @type {MediaTrackConstraints} */ wanted) => source.track.applyConstraints(wanted),
        stop: () => {
          stop();
          this.#end();
        },
      }),
      {
        metrics: { get: () => ({ ...this.#metrics }) },
        label: { get: () => source.track.label },
        muted: { get: () => source.track.muted },
        enabled: {
          get: () => Reflect.get(MediaStreamTrack.prototype, "enabled", track),
          set(on) {
            Reflect.set(MediaStreamTrack.prototype, "enabled", on, track);
            processing.#onEnabled();
          },
        },
      },
    );
    return /** @type {any} */ (dressed); // tsc does not see what defineProperties adds
  }

  #sizeOrNothing() {
    return this.#size.width > 0 ? this.#size : {};
  }

  #listen() {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ listener) =>
      this.#engine.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    for (const type of ["model", "backendchange"]) on(type, (running) => this.#note(running));
    on("stats", ({ fps, frames, dropped, framesPerMask, masksReused, maskFrom, edgeDropped, stages }) => {
      this.#note({ fps, frames, dropped, framesPerMask, masksReused, maskFrom, edgeDropped, stages });
      this.#tell("stats", this.track.metrics);
    });
    for (const type of ["overload", "effect", "notice", "error"]) on(type, (detail) => this.#tell(type, detail));
  }

  /** @param {Partial<TrackMetrics>} news */
  #note(news) {
    Object.assign(this.#metrics, news);
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.track.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {import("./begin_engine.js").State} state @param {any} detail */
  #onState(state, { startMs, ...detail }) {
    this.#note(state === "running" ? { state, ...detail } : { state });
    this.#tell("statechange", { state });
    if (state === "running") this.#waits.resolve("restart");
    if (state !== "failed") return;
    if (this.#onFailure === "placeholder") this.#placeholder.show();
    this.#waits.rejectAll(new Error(detail.message));
  }

  #onSourceEnded() {
    this.#end();
    this.#output.close();
  }

  #restart() {
    if (this.track.readyState === "ended") return Promise.reject(endedError());
    const running = this.#waits.begin("restart");
    void this.#begun.restart();
    return running;
  }

  /** Resolves when the first composite of this track is out. @param {MediaStreamTrack} track @returns {Promise<void>} */
  #replaceSource(track) {
    if (this.track.readyState === "ended") return Promise.reject(endedError());
    const fault = sourceFault("replaceSource", track, this.#releases);
    if (fault) return Promise.reject(new TypeError(fault));
    const stayReleased = this.#source.isReleased && !this.track.enabled;
    const shown = this.#waits.begin("replaceSource");
    this.#source.replace(track);
    this.#forgetScene();
    if (stayReleased) {
      this.#source.release();
      this.#waits.resolve("replaceSource"); // it shows when the track is enabled
    } else if (this.#metrics.state === "failed") {
      this.#waits.rejectAll(
        new Error("The new camera is there, but the engine has stopped: call restart() to see it."),
      );
    }
    return shown;
  }

  /** Another scene comes: no frame of the old one may meet a mask of the new one, nor the other way round. */
  #forgetScene() {
    this.#awaited.clear();
    this.#engine.reset();
    this.#size = { width: 0, height: 0 };
    const fps = fpsOf(this.#source.track);
    if (fps === this.#fps) return;
    this.#fps = fps;
    this.#tap();
  }

  #onEnabled() {
    if (!this.#releases || this.track.readyState === "ended") return;
    if (this.track.enabled) void this.#reopen();
    else {
      this.#source.release();
      this.#engine.reset();
      this.#placeholder.show(); // a muted track turns what it gets into black, but with nothing the last composite stays
    }
  }

  async #reopen() {
    if (!this.#source.isReleased) return;
    this.#placeholder.show();
    try {
      if (await this.#source.reopen()) this.#forgetScene();
    } catch (error) {
      const message = `The camera could not be opened again (${textOf(error)}): enable the track once more to retry.`;
      this.#tell("error", { code: "source", message, action: null });
    }
  }

  /** @param {TrackOptions} options */
  setOptions(options) {
    this.#begun.look.change(judged(readOptions(options, CHANGEABLE)));
  }

  #end() {
    this.#source.end();
    this.#note({ state: "ended" });
    this.#placeholder.hide();
    this.#begun.close();
    this.#waits.rejectAll(endedError());
  }
}

/** @param {Frame} frame @returns {number | undefined} a bitmap has none */
function timestampOf(frame) {
  return "timestamp" in frame ? frame.timestamp : undefined;
}

function endedError() {
  return new DOMException("The track has ended: process a new one.", "AbortError");
}

/** @param {Frame} frame */
function sizeOf(frame) {
  if ("displayWidth" in frame) return { width: frame.displayWidth, height: frame.displayHeight };
  return { width: frame.width, height: frame.height };
}
