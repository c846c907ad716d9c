/**
 * ONNX Runtime Web for Python: create, run, dispose. It translates and decides nothing.
 *
 * @typedef {{file: string, inputName: string, outputName: string, width: number, height: number}} Facts
 */

import { GpuSession, gpuSettings, openDevice } from "./gpu_session.js";

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
   */
  async warm(model, backend, onGpu) {
    const session = this.#open(model, backend, onGpu);
    this.#warm = { model, backend, onGpu, session };
    await session.catch(() => {});
  }

  /** @param {ArrayBuffer} model @param {string} backend @param {boolean} onGpu */
  async #open(model, backend, onGpu) {
    const settings =
      backend === "webgpu" ? gpuSettings(await this.#openDevice(), onGpu) : { executionProviders: [backend] };
    return this.#ort.InferenceSession.create(new Uint8Array(model), settings);
  }

  /** @param {ArrayBuffer} model @param {string} backend @param {boolean} onGpu @returns {Promise<any>} */
  async #session(model, backend, onGpu) {
    const warm = this.#warm;
    this.#warm = null;
    if (warm?.model === model && warm.backend === backend && warm.onGpu === onGpu) return warm.session;
    await warm?.session.then((session) => session.release()).catch(() => {});
    return this.#open(model, backend, onGpu);
  }

  /**
   * @param {ArrayBuffer} model
   * @param {Facts} facts
   * @param {string} backend
   */
  async create(model, facts, backend) {
    return new OrtSession(this.#ort, await this.#session(model, backend, false), facts);
  }

  /** The same on WebGPU, with the picture and the mask in GPU buffers. @param {ArrayBuffer} model @param {Facts} facts */
  async createOnGpu(model, facts) {
    const session = await this.#session(model, "webgpu", true);
    return new GpuSession(this.#ort, session, await this.#openDevice(), facts);
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
  #facts;
  /** @type {any} Python's proxy of its input array; Python owns it */
  #array = null;
  /** @type {any} the view of its memory */
  #buffer = null;
  /** @type {any} */
  #feeds = null;

  /** @param {any} ort @param {any} session @param {Facts} facts */
  constructor(ort, session, facts) {
    this.#ort = ort;
    this.#session = session;
    this.#facts = facts;
  }

  /** @param {any} array */
  bind(array) {
    this.#array = array;
    this.#view();
  }

  #view() {
    const { inputName, width, height } = this.#facts;
    this.#buffer?.release();
    this.#buffer = this.#array.getBuffer("f32");
    this.#feeds = { [inputName]: new this.#ort.Tensor("float32", this.#buffer.data, [1, height, width, 3]) };
  }

  /** Run on the bound input. @returns {Promise<Float32Array>} the mask */
  async run() {
    if (this.#buffer.data.length === 0) this.#view(); // Python's memory has grown: the old view is detached
    const outputs = await this.#session.run(this.#feeds);
    return outputs[this.#facts.outputName].data;
  }

  async dispose() {
    this.#buffer?.release();
    this.#buffer = this.#feeds = this.#array = null;
    await this.#session.release().catch(() => {}); // fails on a lost device, which has freed everything itself
  }
}
