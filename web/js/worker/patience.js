/** Ends a start-up in which nothing moves any more. A slow one may take as long as it likes. */

const TICK_MS = 1_000;
const DOWNLOAD_TICKS = 30;
const STEP_TICKS = 120; // shaders compile for long

/** It counts ticks and not time: a thread that was blocked, or a machine that slept, has not waited. */
export class Patience {
  #quiet = 0;
  #timer;

  /**
   * @param {() => boolean} downloading whether bytes are what is waited for
   * @param {(seconds: number) => void} onEnd
   */
  constructor(downloading, onEnd) {
    this.#timer = setInterval(() => {
      const limit = downloading() ? DOWNLOAD_TICKS : STEP_TICKS;
      if (++this.#quiet < limit) return;
      this.end();
      onEnd((limit * TICK_MS) / 1000);
    }, TICK_MS);
  }

  /** A byte came, or a step is done. */
  moved() {
    this.#quiet = 0;
  }

  end() {
    clearInterval(this.#timer);
  }
}
