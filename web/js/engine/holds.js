/** @typedef {PromiseWithResolvers<void> & {over: AbortController}} Hold */

/** Those who have preloaded: a worker stays for them until an engine comes, and they are told when it has started. */
export class Holds {
  /** @type {Set<Hold>} */
  #keeping = new Set();
  /** @type {Set<Hold>} */
  #waiting = new Set();

  /** Whether the worker has to stay without an engine. */
  get keep() {
    return this.#keeping.size > 0;
  }

  /**
   * @param {AbortSignal} [signal] lets go of it
   * @param {() => void} [released] called when it has
   * @returns {Promise<void>} settled when the worker has started, or why it has not
   */
  add(signal, released = () => {}) {
    const hold = { ...Promise.withResolvers(), over: new AbortController() };
    hold.promise.catch(() => {}); // whoever awaits it is told
    this.#keeping.add(hold);
    this.#waiting.add(hold);
    const release = () => {
      this.#keeping.delete(hold);
      this.#waiting.delete(hold);
      hold.reject(signal?.reason);
      released();
    };
    signal?.addEventListener("abort", release, { once: true, signal: hold.over.signal });
    return hold.promise;
  }

  /** The worker has started. */
  resolve() {
    for (const { resolve } of this.#waiting) resolve();
    this.#empty(this.#waiting);
  }

  /** The worker has ended. @param {string} why */
  reject(why) {
    for (const { reject } of this.#waiting) reject(new Error(why));
    this.#empty(this.#waiting);
    this.#empty(this.#keeping);
  }

  /** An engine has come: the worker stays as long as engines do. */
  take() {
    this.#empty(this.#keeping);
  }

  /** Nobody listens for the end of what is over: the signal may be the page's for as long as it lives. @param {Set<Hold>} holds */
  #empty(holds) {
    const left = [...holds];
    holds.clear();
    for (const hold of left) if (!this.#keeping.has(hold) && !this.#waiting.has(hold)) hold.over.abort();
  }
}
