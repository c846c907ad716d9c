/**
 * ONNX Runtime Web for Python: create, run, dispose. It translates and decides nothing.
 *
 * @typedef {{file: string, inputName: string, outputName: string, width: number, height: number}} Facts
 */

/** The files of one build. @param {"wasm" | "jspi" | "asyncify"} build */
export function runtimeFiles(build) {
  const api = { wasm: "ort.wasm.min.mjs", jspi: "ort.jspi.min.mjs", asyncify: "ort.webgpu.min.mjs" }[build];
  const core = `ort-wasm-simd-threaded${build === "wasm" ? "" : `.${build}`}`;
  const folder = "vendor/onnxruntime/";
  return { api: folder + api, mjs: `${folder}${core}.mjs`, wasm: `${folder}${core}.wasm` };
}

export class OrtBridge {
  #ort;
  /** @type {((reason: string) => void) | null} */
  #deviceLost = null;
  #watched = false;
  /** @type {{model: ArrayBuffer, backend: string, session: Promise<any>} | null} */
  #warm = null;

  /** @param {any} ort the onnxruntime-web module, its paths and threads already set */
  constructor(ort) {
    this.#ort = ort;
  }

  /** @param {(reason: string) => void} callback */
  onDeviceLost(callback) {
    this.#deviceLost = callback;
  }

  /** Begin the first session while Python still starts; `create` takes it up. @param {ArrayBuffer} model @param {string} backend */
  warm(model, backend) {
    const session = this.#open(model, backend);
    session.catch(() => {}); // `create` awaits it and tells
    this.#warm = { model, backend, session };
  }

  /** @param {ArrayBuffer} model @param {string} backend */
  #open(model, backend) {
    return this.#ort.InferenceSession.create(new Uint8Array(model), { executionProviders: [backend] });
  }

  /**
   * @param {ArrayBuffer} model
   * @param {Facts} facts
   * @param {string} backend
   */
  async create(model, facts, backend) {
    const warm = this.#warm;
    this.#warm = null;
    const fits = warm?.model === model && warm.backend === backend;
    const session = await (fits ? warm.session : this.#open(model, backend));
    if (backend === "webgpu") this.#watchDevice();
    return new OrtSession(this.#ort, session, facts);
  }

  async #watchDevice() {
    if (this.#watched) return;
    this.#watched = true;
    const device = await this.#ort.env.webgpu.device;
    const { message, reason } = await device.lost;
    this.#deviceLost?.(message || reason);
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
    await this.#session.release();
  }
}
