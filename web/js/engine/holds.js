/** @typedef {PromiseWithResolvers<void>} Hold */

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

  /** @returns {Hold} */
  add() {
    const hold = Promise.withResolvers();
    hold.promise.catch(() => {}); // whoever awaits it is told
    this.#keeping.add(hold);
    this.#waiting.add(hold);
    return hold;
  }

  /** The worker has started. */
  resolve() {
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** The worker has ended. @param {string} why */
  reject(why) {
    for (const { reject } of this.#waiting) reject(new Error(why));
    this.#waiting.clear();
    this.#keeping.clear();
  }

  /** An engine has come: the worker stays as long as engines do. */
  take() {
    this.#keeping.clear();
  }

  /** @param {Hold} hold @param {unknown} reason */
  release(hold, reason) {
    this.#keeping.delete(hold);
    this.#waiting.delete(hold);
    hold.reject(reason);
  }
}
