// Promises that somebody may wait for, one of a kind at a time. Each is settled, whatever comes first.

export class Waits {
  /** @type {Map<string, PromiseWithResolvers<void>>} */
  #waiting = new Map();

  /** @param {string} kind the method that the promise is of @returns {Promise<void>} */
  begin(kind) {
    this.#take(kind)?.reject(new DOMException(`Another ${kind} took the place of this one.`, "AbortError"));
    const wait = Promise.withResolvers();
    wait.promise.catch(() => {}); // who does not wait is told by events
    this.#waiting.set(kind, wait);
    return wait.promise;
  }

  /** @param {string} kind */
  has(kind) {
    return this.#waiting.has(kind);
  }

  /** @param {string} kind */
  resolve(kind) {
    this.#take(kind)?.resolve();
  }

  /** @param {Error} error */
  rejectAll(error) {
    for (const kind of [...this.#waiting.keys()]) this.#take(kind)?.reject(error);
  }

  /** @param {string} kind */
  #take(kind) {
    const wait = this.#waiting.get(kind);
    this.#waiting.delete(kind);
    return wait;
  }
}
