/**
 * Options and backdrops on their way to the worker. They may change faster than a picture can be painted, so they go
 * together, in lots, and the next lot only when the last one is painted: the worker's queue stays short.
 */
export class Changes {
  #post;
  /** @type {object[]} in the order of the calls, as each is judged by itself: after a bad value the last good one stays */
  #options = [];
  /** @type {ImageBitmap | null | undefined} the newest one; undefined: no change */
  #backdrop;
  #lots = 0;
  #painted = 0;

  /** @param {(message: import("./protocol.d.ts").SetOptions | import("./protocol.d.ts").SetBackdrop) => boolean} post returns whether it went */
  constructor(post) {
    this.#post = post;
  }

  /** Whether the worker has been told of something that it has not painted yet. */
  get owed() {
    return this.#lots > this.#painted;
  }

  /** @param {object} changes */
  setOptions(changes) {
    this.#options.push({ ...changes });
    this.#sendSoon();
  }

  /** @param {ImageBitmap | null} bitmap the caller's; it may be closed when another one has been set */
  setBackdrop(bitmap) {
    this.#backdrop = bitmap;
    this.#sendSoon();
  }

  #sendSoon() {
    if (!this.owed) queueMicrotask(() => this.send());
  }

  /** Send what there is, now: another message is about to go that has to find it done. */
  send() {
    const [options, backdrop] = [this.#options, this.#backdrop];
    this.#options = [];
    this.#backdrop = undefined;
    // The picture first: no effect shows the one before.
    if (backdrop !== undefined) this.#sendLot({ type: "backdrop", bitmap: backdrop });
    if (options.length > 0) this.#sendLot({ type: "options", changes: JSON.stringify(options) });
  }

  /** One that does not go is owed no answer. @param {{type: "options", changes: string} | {type: "backdrop", bitmap: ImageBitmap | null}} change */
  #sendLot(change) {
    const lot = this.#lots + 1;
    if (this.#post({ ...change, lot })) this.#lots = lot;
  }

  /** The worker has painted this lot and those before. @param {number} lot */
  painted(lot) {
    this.#painted = lot;
    if (!this.owed) this.send();
  }

  /** The worker is gone. */
  forget() {
    this.#options = [];
    this.#backdrop = undefined;
    this.#lots = this.#painted = 0; // the next one counts from the beginning, too
  }
}
