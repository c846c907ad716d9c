/**
 * How long a worker that owes something may be silent: one that works gives signs of life between two pieces of work, one
 * that hangs gives none. Signs alone do not do for ever: what is owed may have got lost. Looks are counted, not time, as a
 * page that stood still itself (a dialogue, a closed lid) has not seen what the worker sent meanwhile.
 */

export const LOOK_MS = 500;
const MOST_LOOKS = 20; // one piece of work takes less: painting the largest photo
const MOST_LOOKS_WITHOUT_RESULT = 120;
const MOST_LOOKS_LOADING = 120; // a model: WebGPU shaders may compile for long, and nothing else runs then
const MOST_LOOKS_STARTING = 240; // as long as the worker's own patience with a step

export class Silence {
  #looks = 0; // since the last sign of life
  #fruitless = 0; // looks since the last message that says more than that

  /** A sign of life has come. */
  hearSign() {
    this.#looks = 0;
  }

  hearResult() {
    this.#fruitless = 0;
  }

  /** The worker owes nothing, or nobody could have heard it. */
  forget() {
    this.#looks = this.#fruitless = 0;
  }

  /**
   * Look once more.
   *
   * @param {{owes: boolean, starts: boolean, loads: boolean}} now what the worker does
   * @returns {{isSilent: boolean, isOver: boolean}} isOver: the worker has to go; isSilent: it would not even end
   */
  look({ owes, starts, loads }) {
    const most = starts ? MOST_LOOKS_STARTING : loads ? MOST_LOOKS_LOADING : MOST_LOOKS;
    this.#looks++;
    this.#fruitless = owes && !starts ? this.#fruitless + 1 : 0; // of a start that stands still the worker tells
    const isSilent = this.#looks > most;
    return { isSilent, isOver: isSilent || this.#fruitless > MOST_LOOKS_WITHOUT_RESULT };
  }
}
