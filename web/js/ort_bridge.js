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
  /** @type {any[]} Python's proxies of its input and output arrays; Python owns them */
  #arrays = [];
  /** @type {any[]} views of their memory */
  #buffers = [];
  /** @type {any} */
  #feeds = null;
  /** @type {any} */
  #fetches = null;

  /** @param {any} ort @param {any} session @param {Facts} facts */
  constructor(ort, session, facts) {
    this.#ort = ort;
    this.#session = session;
    this.#facts = facts;
  }

  /** @param {any} input @param {any} output */
  bind(input, output) {
    this.#arrays = [input, output];
    this.#view();
  }

  #view() {
    const { inputName, outputName, width, height } = this.#facts;
    this.#release();
    this.#buffers = this.#arrays.map((array) => array.getBuffer("f32"));
    const [input, output] = this.#buffers.map(({ data }) => data);
    this.#feeds = { [inputName]: new this.#ort.Tensor("float32", input, [1, height, width, 3]) };
    this.#fetches = { [outputName]: new this.#ort.Tensor("float32", output, [1, height, width, 1]) };
  }

  /** Read the bound input, write the bound output. */
  async run() {
    if (this.#buffers[0].data.length === 0) this.#view(); // Python's memory has grown: the old views are detached
    await this.#session.run(this.#feeds, this.#fetches);
  }

  #release() {
    for (const buffer of this.#buffers) buffer.release();
    this.#buffers = [];
  }

  async dispose() {
    this.#release();
    this.#arrays = [];
    await this.#session.release();
  }
}
