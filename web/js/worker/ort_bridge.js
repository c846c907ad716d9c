/**
 * ONNX Runtime Web for Python: create, run, dispose. It translates and decides nothing.
 *
 * @typedef {object} Spec What a model takes and gives, all float32 (pyselfie.core.manifest.ModelSpec).
 * @property {{name: string, shape: number[]}} input the picture
 * @property {{name: string, shape: number[]}} output the mask
 * @property {{input: string, output: string, shape: number[], initial?: number}[]} state what a run gives to the next one
 * @property {{name: string, shape: number[], initial?: number}[]} settings inputs that stay as they are set
 * @property {{name: string, shape: number[]}[]} extras outputs besides the mask
 * @property {boolean} [optimised] ONNX Runtime has optimised the graph before: doing it again takes most of a start
 */

import { goOn } from "./go_on.js";
import { filled, GpuSession, gpuSettings, openDevice } from "./gpu_session.js";

/** The files of one build. @param {"wasm" | "jspi" | "asyncify"} build */
export function runtimeFiles(build) {
  const api = { wasm: "ort.wasm.min.mjs", jspi: "ort.jspi.min.mjs", asyncify: "ort.webgpu.min.mjs" }[build];
  const core = `ort-wasm-simd-threaded${build === "wasm" ? "" : `.${build}`}`;
  const folder = "vendor/onnxruntime/";
  return { api: folder + api, mjs: `${folder}${core}.mjs`, wasm: `${folder}${core}.wasm` };
}

export class OrtBridge {
  #ort;
  /** @type {Promise<GPUDevice> | null} */
  #device = null;
  /** @type {((reason: string) => void) | null} */
  #deviceLost = null;
  /** @type {{model: ArrayBuffer, backend: string, onGpu: boolean, session: Promise<any>} | null} */
  #warm = null;

  /** @param {any} ort the onnxruntime-web module, its paths and threads already set */
  constructor(ort) {
    this.#ort = ort;
  }

  /** ONNX Runtime Web's. @returns {string} */
  get version() {
    return this.#ort.env.versions.web ?? this.#ort.env.versions.common;
  }

  /** @param {(reason: string) => void} callback */
  onDeviceLost(callback) {
    this.#deviceLost = callback;
  }

  /**
   * Make the first session while Python still starts; `create` or `createOnGpu` takes it up, and tells if it failed.
   *
   * @param {ArrayBuffer} model
   * @param {string} backend
   * @param {boolean} onGpu
   * @param {boolean} optimised
   */
  async warm(model, backend, onGpu, optimised) {
    const session = this.#open(model, backend, onGpu, optimised);
    this.#warm = { model, backend, onGpu, session };
    await session.catch(() => {});
  }

  /** @param {ArrayBuffer} model @param {string} backend @param {boolean} onGpu @param {boolean} [optimised] */
  async #open(model, backend, onGpu, optimised) {
    const settings =
      backend === "webgpu" ? gpuSettings(await this.#openDevice(), onGpu) : { executionProviders: [backend] };
    const graphOptimizationLevel = optimised ? "disabled" : "all";
    return this.#ort.InferenceSession.create(new Uint8Array(model), { ...settings, graphOptimizationLevel });
  }

  /** @param {ArrayBuffer} model @param {Spec} spec @param {string} backend @param {boolean} onGpu @returns {Promise<any>} */
  async #session(model, { optimised }, backend, onGpu) {
    const warm = this.#warm;
    this.#warm = null;
    if (warm?.model === model && warm.backend === backend && warm.onGpu === onGpu) return warm.session;
    await warm?.session.then((session) => session.release()).catch(() => {});
    return this.#open(model, backend, onGpu, optimised);
  }

  /**
   * @param {ArrayBuffer} model
   * @param {Spec} spec
   * @param {string} backend
   */
  async create(model, spec, backend) {
    return new OrtSession(this.#ort, await this.#session(model, spec, backend, false), spec);
  }

  /** The same on WebGPU, with the picture and the mask in GPU buffers. @param {ArrayBuffer} model @param {Spec} spec */
  async createOnGpu(model, spec) {
    const session = await this.#session(model, spec, "webgpu", true);
    return new GpuSession(this.#ort, session, await this.#openDevice(), spec);
  }

  /** The next session gets a new device. */
  dropDevice() {
    const device = this.#device;
    this.#device = null;
    device?.then((dropped) => dropped.destroy()).catch(() => {}); // not there: nothing to destroy
  }

  #openDevice() {
    if (!this.#device) {
      const opening = openDevice();
      this.#device = opening;
      opening.then((device) => this.#watch(opening, device)).catch(() => {}); // whoever awaits the device is told
    }
    return this.#device;
  }

  /** @param {Promise<GPUDevice>} opening @param {GPUDevice} device */
  async #watch(opening, device) {
    const { message, reason } = await device.lost;
    if (this.#device === opening) this.#deviceLost?.(message || reason);
  }
}

class OrtSession {
  #ort;
  #session;
  #spec;
  /** @type {any} Python's proxy of its input array; Python owns it */
  #array = null;
  /** @type {any} the view of its memory */
  #buffer = null;
  /** @type {Record<string, any>} tensors by name */
  #feeds = {};
  /** @type {Record<string, any>} what the last run gave, by name */
  #outputs = {};

  /** @param {any} ort @param {any} session @param {Spec} spec */
  constructor(ort, session, spec) {
    this.#ort = ort;
    this.#session = session;
    this.#spec = spec;
    for (const { name, initial } of spec.settings) this.set(name, initial ?? 0);
    this.reset();
  }

  /** The next frame is the first of another source. A run under way keeps feeds of its own: what it gives is lost. */
  reset() {
    this.#feeds = this.#afresh();
  }

  #afresh() {
    const feeds = { ...this.#feeds };
    for (const { input, shape, initial } of this.#spec.state) feeds[input] = this.#constant(shape, initial);
    return feeds;
  }

  /** @param {string} name @param {number} value */
  set(name, value) {
    const shape = this.#spec.settings.find((setting) => setting.name === name)?.shape ?? [];
    this.#feeds[name] = this.#constant(shape, value);
  }

  /** @param {number[]} shape @param {number} [value] */
  #constant(shape, value) {
    return new this.#ort.Tensor("float32", filled(shape, value), shape);
  }

  /** @param {any} array */
  bind(array) {
    this.#array = array;
    this.#view();
  }

  #view() {
    const { name, shape } = this.#spec.input;
    this.#buffer?.release();
    this.#buffer = this.#array.getBuffer("f32");
    this.#feeds[name] = new this.#ort.Tensor("float32", this.#buffer.data, shape);
  }

  /**
   * Run on the bound input. Copying outputs takes time, so only those come that somebody wants.
   *
   * @param {string[]} [extras] names of outputs that `extra` may be asked for; all without it
   * @param {boolean} [alone] it takes nothing from the run before and leaves nothing to the next
   * @returns {Promise<Float32Array>} the mask
   */
  async run(extras = this.#spec.extras.map(({ name }) => name), alone = false) {
    if (this.#buffer.data.length === 0) this.#view(); // Python's memory has grown: the old view is detached
    const feeds = alone ? this.#afresh() : this.#feeds;
    const carried = this.#spec.state.map(({ output }) => output);
    const wanted = [...new Set([this.#spec.output.name, ...carried, ...extras])];
    const outputs = await this.#session.run(feeds, wanted);
    if (!alone) for (const { input, output } of this.#spec.state) feeds[input] = outputs[output];
    this.#outputs = outputs;
    return outputs[this.#spec.output.name].data;
  }

  /**
   * The same for Python.
   *
   * @param {string[]} extras
   * @param {boolean} alone
   * @param {(mask: Float32Array) => void} done
   * @param {(error: Error) => void} failed
   */
  runFor(extras, alone, done, failed) {
    goOn(this.run(extras, alone), done, failed);
  }

  /** Another output of the last run. @param {string} name @returns {Float32Array} */
  extra(name) {
    return this.#outputs[name].data;
  }

  async dispose() {
    this.#buffer?.release();
    this.#buffer = this.#array = null;
    this.#feeds = this.#outputs = {};
    await this.#session.release().catch(() => {}); // fails on a lost device, which has freed everything itself
  }
}
