/** Questions to the worker that wait for an answer. */
export class Requests {
  #count = 0;
  /** @type {Map<number, PromiseWithResolvers<any>>} */
  #pending = new Map();

  get size() {
    return this.#pending.size;
  }

  /** @param {(request: number) => void} send @returns {Promise<any>} */
  ask(send) {
    const request = ++this.#count;
    send(request); // if it throws, nobody waits
    const answer = Promise.withResolvers();
    this.#pending.set(request, answer);
    return answer.promise;
  }

  /** @param {Omit<import("./protocol.d.ts").Reply, "type">} reply */
  answer({ request, value, error }) {
    const answer = this.#pending.get(request);
    this.#pending.delete(request);
    if (error) answer?.reject(new Error(error));
    else answer?.resolve(value);
  }

  /** @param {string} why */
  rejectAll(why) {
    for (const { reject } of this.#pending.values()) reject(new Error(why));
    this.#pending.clear();
  }
}
