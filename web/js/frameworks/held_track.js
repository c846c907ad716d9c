// A processed track that follows a source and options for as long as a component lives.

import { textOf } from "../show.js";
import { processTrack } from "../track/process_track.js";
import { readOptions, sourceFault, WITHOUT_CAMERA } from "../track/track_options.js";
import { changesOf, isSame, needsAnother } from "./changes.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */
/** @typedef {import("../../types/pyselfie.js").ProcessedTrack} ProcessedTrack */
/** @typedef {import("../../types/pyselfie.js").SelfieError} SelfieError */
/** @typedef {{track: ProcessedTrack | null, ready: boolean, error: SelfieError | null}} State */

const TAKER = "useProcessedTrack";

/** @type {State} */
export const NOTHING = Object.freeze({ track: null, ready: false, error: null });

/** The camera is the component's: its track is read and never stopped. */
export class HeldTrack {
  #tell;
  #process;
  /** @type {State} */
  #state = NOTHING;
  /** @type {SelfieError | null} what is wrong with the options as they were given last */
  #refused = null;
  /** @type {unknown} */
  #source = null;
  /** @type {TrackOptions} */
  #options = {};
  #isHeld = false;

  /** @param {(state: State) => void} tell what has changed @param {typeof processTrack} [process] */
  constructor(tell, process = processTrack) {
    this.#tell = tell;
    this.#process = process;
  }

  /**
   * May be called as often as a component is rendered: what is as before changes nothing.
   *
   * @param {unknown} source
   * @param {unknown} options
   */
  follow(source, options) {
    this.#isHeld = true;
    if (source === null || source === undefined) return this.#end();
    let wanted;
    try {
      wanted = readOptions(options, WITHOUT_CAMERA);
    } catch (error) {
      this.#refused = fault("option", textOf(/** @type {Error} */ (error).message));
      return this.#become({});
    }
    const wasRefused = this.#refused !== null;
    this.#refused = null;
    if (source !== this.#source || !isSame(this.#options, wanted)) this.#change(source, wanted);
    else if (wasRefused) this.#become({});
  }

  /** Let go of it, unless `follow` is called again in this task, as where effects run twice. */
  release() {
    this.#isHeld = false;
    queueMicrotask(() => {
      if (!this.#isHeld) this.#end();
    });
  }

  #end() {
    this.#stop();
    this.#refused = null;
    this.#source = null;
    this.#become(NOTHING);
  }

  #stop() {
    const { track } = this.#state;
    this.#state = { ...this.#state, track: null, ready: false };
    track?.stop();
  }

  /** @param {unknown} source @param {TrackOptions} options */
  #change(source, options) {
    const before = this.#options;
    const isOther = source !== this.#source;
    const { track } = this.#state;
    this.#source = source;
    this.#options = options;
    const wrong = isOther ? sourceFault(TAKER, source, false) : "";
    if (wrong || track?.readyState !== "live" || needsAnother(before, options)) return this.#begin();
    if (before.effectSource !== options.effectSource) track.setEffect(options.effectSource ?? null);
    this.#become({ error: null });
    const changes = changesOf(before, options);
    if (Object.keys(changes).length > 0) track.setOptions(changes);
    if (isOther) void this.#replace(track, /** @type {MediaStreamTrack} */ (source));
  }

  #begin() {
    this.#stop();
    const wrong = sourceFault(TAKER, this.#source, false);
    if (wrong) return this.#become({ error: fault("source", wrong) });
    try {
      const source = /** @type {MediaStreamTrack} */ (this.#source);
      const track = this.#process(source, { ...this.#options, stopSource: false });
      this.#listen(track);
      this.#become({ track, error: null });
    } catch (error) {
      this.#become({ error: fault("option", textOf(/** @type {Error} */ (error).message)) });
    }
  }

  /** @param {ProcessedTrack} track */
  #listen(track) {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ listener) =>
      track.addEventListener(type, (event) => {
        if (track === this.#state.track) listener(/** @type {CustomEvent} */ (event).detail);
      });
    on("statechange", ({ state }) => {
      const { error } = this.#state;
      const ready = state === "running";
      this.#become({ ready, error: ready && error?.action ? null : error }); // what it had stopped for is over
    });
    on("error", (error) => this.#become({ error }));
    on("ended", () => {
      const wrong = sourceFault(TAKER, this.#source, false);
      this.#become({ track: null, ready: false, error: fault("source", wrong) });
    });
  }

  /** @param {ProcessedTrack} track @param {MediaStreamTrack} source */
  async #replace(track, source) {
    try {
      await track.replaceSource(source);
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      const isCurrent = track === this.#state.track && source === this.#source;
      if (isCurrent && name !== "AbortError")
        this.#become({ error: { ...fault("source", message), action: "restart" } });
    }
  }

  /** @param {Partial<State>} news */
  #become(news) {
    this.#state = { ...this.#state, ...news };
    this.#tellWhatIsNew({ ...this.#state, error: this.#refused ?? this.#state.error });
  }

  /** @type {State} */
  #told = NOTHING;

  /** Whoever renders with each state would be told without end. @param {State} state */
  #tellWhatIsNew(state) {
    const { track, ready, error } = this.#told;
    if (track === state.track && ready === state.ready && error?.message === state.error?.message) return;
    this.#told = state;
    this.#tell(state);
  }
}

/** @param {SelfieError["code"]} code @param {string} message @returns {SelfieError} */
function fault(code, message) {
  return { code, message, action: null };
}
