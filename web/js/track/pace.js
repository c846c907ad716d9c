// How often frames come, where nobody tells it.

const WINDOW = 15;
const SAME = 0.15; // each new rate makes the engine measure anew what it can keep up with

export class Pace {
  #fps;
  #last = 0;
  /** @type {number[]} */
  #intervals = [];

  /** @param {number} fps until it is measured */
  constructor(fps) {
    this.#fps = fps;
  }

  get fps() {
    return this.#fps;
  }

  /** A frame has come. @param {number} now in milliseconds @returns {boolean} whether they come at another rate than was known */
  note(now) {
    if (this.#last) this.#intervals.push(now - this.#last);
    this.#last = now;
    if (this.#intervals.length < WINDOW) return false;
    const interval = this.#intervals.toSorted((one, other) => one - other)[WINDOW >> 1]; // a pause does not count
    this.#intervals = [];
    if (!(interval > 0) || Math.abs((this.#fps * interval) / 1000 - 1) <= SAME) return false;
    this.#fps = 1000 / interval;
    return true;
  }
}
