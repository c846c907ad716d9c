// One source at a time. The newest request wins; an old source ends only when the new one has opened, so that
// after a failure the page goes on with what it had.

/**
 * @typedef {object} Source
 * @property {"sample"|"photo"|"video"|"camera"} kind
 * @property {string} name      For the caption.
 * @property {string} notice    A sentence to tell beside it, or nothing.
 * @property {string} [deviceId]
 * @property {number} [rate]    Pictures per second, where that is known.
 * @property {(sink: import("./capture.js").Sink, onFault: (sentence: string) => void, onMuted: (muted: boolean, sentence: string) => void, onNotice: (sentence: string) => void) => void} start
 *   Muted, it sends no picture for a while.
 * @property {() => void | Promise<void>} close  Stop and free everything, which may take a moment; may be called in any state.
 * @property {{readonly paused: boolean, toggle: () => void, step: (frames: number) => void, onchange: () => void}} [playback]
 */

/** A reason for the user, in one sentence. */
export class SourceError extends Error {}

/**
 * Emits `opening` {what}, `opened` {source}, `failed` {sentence}, `fault` {sentence, source}, `muted` {muted, sentence} and `notice` {sentence}.
 * @extends EventTarget
 */
export class Sources extends EventTarget {
  #sink;
  #attempt = new AbortController();
  /** @type {Source | null} */
  #current = null;
  #awaited = "";

  /** @param {import("./capture.js").Sink} sink */
  constructor(sink) {
    super();
    this.#sink = sink;
  }

  get current() {
    return this.#current;
  }

  /** What is being opened, as it is shown; or nothing. */
  get awaited() {
    return this.#awaited;
  }

  /**
   * @param {string} what  Shown while it is being opened.
   * @param {(signal: AbortSignal) => Promise<Source>} opener
   */
  async open(what, opener) {
    this.#attempt.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#awaited = what;
    this.#emit("opening", { what });
    try {
      const source = await opener(attempt.signal);
      if (attempt.signal.aborted) void source.close();
      else this.#adopt(source);
    } catch (error) {
      if (attempt.signal.aborted) return;
      this.#awaited = "";
      this.#emit("failed", { sentence: sentenceOf(error) });
    }
  }

  /** End the source and whatever is being opened. */
  close() {
    this.#attempt.abort();
    this.#awaited = "";
    void this.#current?.close();
    this.#current = null;
  }

  /** @param {Source} source */
  #adopt(source) {
    void this.#current?.close();
    this.#current = source;
    this.#awaited = "";
    this.#emit("opened", { source });
    const emit = (/** @type {string} */ type, /** @type {object} */ detail) => {
      if (this.#current === source) this.#emit(type, detail);
    };
    source.start(
      this.#sink,
      (sentence) => emit("fault", { sentence, source }),
      (muted, sentence) => emit("muted", { muted, sentence }),
      (sentence) => emit("notice", { sentence }),
    );
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {unknown} error */
function sentenceOf(error) {
  if (error instanceof SourceError) return error.message;
  return `That could not be opened (${String(error)}): try another photo or video.`;
}
