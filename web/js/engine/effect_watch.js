/**
 * The page's own code in a worker, as its watchdog sees it: whether some runs, for how many looks it has, and what ends it.
 *
 * @typedef {import("./protocol.d.ts").FromWorker} FromWorker
 */

const STUCK_S = 3; // from then on the page is told, and may end it
const LONGEST_S = 6;
const GRACE_S = 1; // for what was asked to end itself

export class EffectWatch {
  #onStuck;
  #looksPerSecond;
  /** What runs. @type {{channel: number, number: number} | null} */
  #running = null;
  #looks = 0; // at the code that runs now
  #askedAt = 0; // at which look it was asked to end itself
  /** What was asked to: if it has, the good text runs after it before that is known. @type {{channel: number, number: number} | null} */
  #asked = null;
  #fetching = false;
  /** The worker has said something since, which proves nothing. */
  #seemsOver = false;
  // A WebKit that is driven by a program has isolated pages without it.
  #signal =
    globalThis.crossOriginIsolated && "SharedArrayBuffer" in globalThis
      ? new Int32Array(new SharedArrayBuffer(4))
      : null;

  /**
   * @param {number} lookMs time between two looks
   * @param {(channel: number, seconds: number) => void} onStuck called once a second while code of this channel does not
   *   return; 0: it has
   */
  constructor(lookMs, onStuck) {
    this.#looksPerSecond = 1000 / lookMs;
    this.#onStuck = onStuck;
  }

  /** Python ends what runs when a 2 is in there. It has to share memory with the page for that. */
  get buffer() {
    return /** @type {SharedArrayBuffer | null} */ (this.#signal?.buffer ?? null);
  }

  /** What runs, and for how long it has; null: nothing does, or it waits for a download. */
  get running() {
    const [seconds, seemsOver] = [this.#seconds, this.#seemsOver];
    return this.#fetching || !this.#running ? null : { ...(this.#asked ?? this.#running), seconds, seemsOver };
  }

  get #seconds() {
    return Math.floor(Math.max(0, this.#looks - 1) / this.#looksPerSecond); // whole ones: it began before the first look
  }

  /**
   * Any message but a download's says that what ran has returned.
   *
   * @param {FromWorker} message
   * @param {boolean} [isTrue] false: the code that runs may have sent it
   */
  hear(message, isTrue = true) {
    const goesOn = message.type === "fetching" || (message.type === "alive" && this.#fetching);
    this.#fetching = isTrue && message.type === "fetching";
    if (!isTrue) this.#seemsOver = true;
    else if (goesOn) this.#looks = 0;
    else this.#returned();
    if (message.type !== "effect_runs") return;
    this.#running = { channel: message.channel, number: message.number };
    this.#seemsOver = false;
  }

  /** Look once more at what runs. @returns {boolean} whether the worker has to go */
  look() {
    this.#looks++;
    if (this.#seconds >= STUCK_S && (this.#looks - 1) % this.#looksPerSecond === 0) this.#tell(this.#seconds);
    if (this.#askedAt) return this.#looks >= this.#askedAt + GRACE_S * this.#looksPerSecond;
    return this.#seconds >= LONGEST_S && this.#end();
  }

  /** End what runs in this channel, if it is stuck. @param {number} channel @returns {boolean} whether the worker has to go */
  stop(channel) {
    const isStuck = this.running?.channel === channel && this.#seconds >= STUCK_S;
    return isStuck && !this.#askedAt && this.#end();
  }

  /** @returns {boolean} whether it cannot be asked to end itself */
  #end() {
    this.#askedAt = this.#looks;
    this.#asked = this.#running;
    if (this.#signal) Atomics.store(this.#signal, 0, 2);
    return !this.#signal;
  }

  /** The page stood still, or could not be seen: what it has not heard says nothing. */
  rest() {
    this.#looks = this.#askedAt = 0;
    this.#asked = null;
  }

  #returned() {
    if (this.#seconds >= STUCK_S) this.#tell(0);
    this.forget();
  }

  /** The worker is gone; another one will say what has become of the effect. */
  forget() {
    this.rest();
    this.#running = null;
    this.#fetching = this.#seemsOver = false;
  }

  /** @param {number} seconds */
  #tell(seconds) {
    if (this.#running) this.#onStuck(this.#running.channel, seconds);
  }
}
