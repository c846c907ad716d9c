/**
 * The page's own effect in Python: the texts that the worker may still speak of, which of them was good last, and which
 * one has ended a worker. A new worker gets the good one first.
 *
 * @typedef {{source: string | null, name: string | null, number: number}} Text
 */
const MOST_BEFORE = 20; // of them the worker may still speak

export class OwnEffect {
  /** What the page asked for. @type {Text} */
  #asked = { source: null, name: null, number: 0 };
  /** Those before it that are not known to be good or bad. @type {Text[]} */
  #before = [];
  /** The newest last. @type {Text[]} */
  #good = [];
  /** @type {{text: Text, why: string}[]} */
  #ended = [];
  /** @type {Record<string, number | boolean | string>} */
  #values = {};

  /** @param {string | null} source @param {string | null} name @returns {import("./protocol.d.ts").SetCustomEffect} */
  set(source, name) {
    if (source === null) this.#before = this.#good = [];
    else this.#before = [...this.#before, this.#asked].slice(-MOST_BEFORE);
    this.#asked = { source, name, number: this.#asked.number + 1 };
    if (!this.#whyEnded(this.#asked)) this.#ended = [];
    return this.#message(this.#asked);
  }

  /** @param {Record<string, number | boolean | string>} values */
  setValues(values) {
    Object.assign(this.#values, values);
  }

  /** The worker says that this text's effect has returned a picture. @param {number} number */
  isGood(number) {
    const text = this.#text(number);
    if (!text) return;
    this.#good = [...this.#good.filter((one) => one !== text), text].slice(-2);
    this.#before = this.#before.filter((one) => one.number > number);
  }

  /**
   * This text has ended the worker. Other people's code may have said any number: where that cannot be, it was the text
   * that was asked for, or the good one, so that each end leaves one less to run.
   *
   * @param {number} number @param {string} why in words that end a sentence
   */
  hasEnded(number, why) {
    const text = [this.#text(number), this.#asked, this.#good.at(-1)].find((one) => one && !this.#whyEnded(one));
    if (!text) return;
    this.#ended.push({ text, why });
    this.#good = this.#good.filter((one) => !this.#whyEnded(one));
    this.#before = []; // the next worker does not hear of them
  }

  /** What a new worker is told before the first frame. @returns {import("./protocol.d.ts").SetCustomEffect[]} */
  get messages() {
    const good = this.#good.at(-1);
    const texts = good && good !== this.#asked ? [good, this.#asked] : [this.#asked];
    return texts.filter(({ source }) => source !== null).map((text) => this.#message(text));
  }

  /** @param {number} number */
  #text(number) {
    return [this.#asked, ...this.#before, ...this.#good].find((one) => one.number === number);
  }

  /** @param {Text} text @returns {string | null} */
  #whyEnded({ source, name }) {
    return this.#ended.find(({ text }) => text.source === source && text.name === name)?.why ?? null;
  }

  /** @param {Text} text @returns {import("./protocol.d.ts").SetCustomEffect} */
  #message(text) {
    return {
      type: "custom_effect",
      ...text,
      values: JSON.stringify(this.#values),
      ended: this.#whyEnded(text),
    };
  }
}
