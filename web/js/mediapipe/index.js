/**
 * The API of @mediapipe/selfie_segmentation on pyselfie's worker. Its behaviour is the original's, found out by running
 * it, except where that one stays broken after a mistake: here the call in question is rejected and the next one works.
 *
 * @typedef {import("../../types/selfie_segmentation.d.ts").InputMap} InputMap
 * @typedef {import("../../types/selfie_segmentation.d.ts").Options} Options
 * @typedef {import("../../types/selfie_segmentation.d.ts").Results} Results
 * @typedef {import("../../types/selfie_segmentation.d.ts").ResultsListener} ResultsListener
 * @typedef {import("../../types/selfie_segmentation.d.ts").SelfieSegmentationConfig} SelfieSegmentationConfig
 * @typedef {import("../../types/selfie_segmentation.d.ts").SelfieSegmentationInterface} SelfieSegmentationInterface
 */

import { show } from "../show.js";
import { locateWorker } from "./locate.js";
import { imageOf, takePicture } from "./picture.js";
import { Service } from "./service.js";

/** The version of @mediapipe/selfie_segmentation whose API this is. */
export const VERSION = "0.1.1675465747";

/** @implements {SelfieSegmentationInterface} */
export class SelfieSegmentation {
  #locateFile;
  #options = { selfieMode: false, modelSelection: 0 };
  /** @type {Error | null} a wrong option, for the next call that can tell */
  #fault = null;
  /** @type {Service | null} */
  #service = null;
  #closed = false;
  /** @type {ResultsListener | null} */
  #listener = null;
  /** The newest async listener at work. @type {Promise<void>} */
  #listening = Promise.resolve();
  /** The newest picture on its way to the worker. @type {Promise<unknown>} */
  #handing = Promise.resolve();

  /** @param {SelfieSegmentationConfig} [config] */
  constructor(config) {
    const locateFile = locateFileOf(config) ?? undefined;
    if (locateFile !== undefined && typeof locateFile !== "function") {
      throw new TypeError(`locateFile is ${show(locateFile)}, but it has to be a function that returns a URL.`);
    }
    this.#locateFile = locateFile;
  }

  /** @param {Options} options */
  setOptions(options) {
    try {
      this.#options = { ...this.#options, ...checked(options) };
    } catch (error) {
      this.#fault = /** @type {Error} */ (error);
    }
  }

  /** @param {ResultsListener | null} listener */
  onResults(listener) {
    if (listener && typeof listener !== "function") {
      throw new TypeError(`onResults() takes a function, got ${show(listener)}.`);
    }
    this.#listener = listener;
  }

  async initialize() {
    const service = await this.#started();
    await service.ask({ type: "prepare", model: this.#options.modelSelection }).answer;
  }

  reset() {
    // Nothing of a frame outlives it here, and the original's reset() keeps the options.
  }

  /** @param {InputMap} inputs */
  async send(inputs) {
    await this.#listening;
    const service = await this.#started();
    const { answer } = await this.#hand(service, takePicture(imageOf(inputs)));
    const [image, segmentationMask] = await answer;
    await this.#deliver({ image, segmentationMask });
  }

  async close() {
    this.#closed = true;
    this.#service?.end(new Error("This SelfieSegmentation was closed before it was done with the frame."));
    this.#service = null;
  }

  /** The worker with a model in it; made where there is none, or where the last one failed. */
  async #started() {
    if (this.#closed) throw new Error("This SelfieSegmentation is closed: make a new one to go on.");
    const fault = this.#fault;
    this.#fault = null;
    if (fault) throw fault;
    if (!this.#service || this.#service.ended) {
      this.#service = new Service(locateWorker(this.#locateFile), this.#options.modelSelection);
    }
    const service = this.#service;
    await service.ready;
    return service;
  }

  /**
   * Pass pictures on in the order of the calls, however long each took to become a handle.
   *
   * @param {Service} service
   * @param {ReturnType<typeof takePicture>} taking
   */
  #hand(service, taking) {
    const { modelSelection: model, selfieMode: mirror } = this.#options;
    const before = this.#handing;
    const pass = async () => {
      const [, frame] = await Promise.all([before, taking]);
      return service.ask({ type: "segment", frame, model, mirror }, [frame]);
    };
    const handing = pass();
    this.#handing = handing.catch(() => {}); // its own caller is told
    return handing;
  }

  /** @param {Results} results */
  async #deliver(results) {
    const listener = this.#listener;
    if (!listener) {
      results.image.close();
      results.segmentationMask.close();
      return;
    }
    const working = listener(results);
    if (!working) return;
    this.#listening = Promise.resolve(working).catch(() => {}); // its own caller is told
    await working;
  }
}

/** @param {SelfieSegmentationConfig} [config] */
function locateFileOf(config) {
  try {
    return config?.locateFile;
  } catch (cause) {
    const sentence = `SelfieSegmentation got ${show(config)}, whose locateFile cannot be read: give { locateFile }, or nothing.`;
    throw new TypeError(sentence, { cause });
  }
}

/**
 * The options that are known and given, as in the original.
 *
 * @param {unknown} options
 * @returns {Options}
 */
function checked(options) {
  if (Object(options) !== options) throw new TypeError(`setOptions() takes an object, got ${show(options)}.`);
  const { selfieMode, modelSelection } = read(/** @type {Options} */ (options));
  if (selfieMode !== undefined && typeof selfieMode !== "boolean") {
    throw new TypeError(`selfieMode is ${show(selfieMode)}, but it has to be true or false; it stays as it was.`);
  }
  if (modelSelection !== undefined && modelSelection !== 0 && modelSelection !== 1) {
    const expected = "0 (general) or 1 (landscape)";
    throw new TypeError(`modelSelection is ${show(modelSelection)}, but it has to be ${expected}; the model stays.`);
  }
  return { ...(selfieMode !== undefined && { selfieMode }), ...(modelSelection !== undefined && { modelSelection }) };
}

/** @param {Options} options @returns {Options} */
function read(options) {
  try {
    const { selfieMode, modelSelection } = options;
    return { selfieMode, modelSelection };
  } catch (cause) {
    const sentence = `setOptions() got ${show(options)}, whose options cannot be read; they stay as they were.`;
    throw new TypeError(sentence, { cause });
  }
}
