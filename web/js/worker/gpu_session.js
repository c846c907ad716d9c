/**
 * A model that reads and writes GPU buffers, on a device that Python's shaders share. It translates and decides nothing.
 *
 * @typedef {import("./ort_bridge.js").Spec} Spec
 * @typedef {{buffer: GPUBuffer, tensor: any}} Slot a buffer, and ONNX Runtime's view of it
 */

const FEATURES = ["shader-f16", "subgroups"]; // what ONNX Runtime has faster shaders for
const LIMITS = /** @type {const} */ ([
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
]);

/** A device with all that the adapter can give to ONNX Runtime. @returns {Promise<GPUDevice>} */
export async function openDevice() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("WebGPU offers no adapter any more");
  return adapter.requestDevice({
    requiredFeatures: /** @type {GPUFeatureName[]} */ (FEATURES.filter((name) => adapter.features.has(name))),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
}

/**
 * ONNX Runtime's settings for WebGPU.
 *
 * No graph capture: version 1.30 forgets our buffers after each run but keeps their addresses for the replay, which fails
 * as soon as something else, such as another model's session, has taken those; and each replay leaks an output tensor.
 *
 * @param {GPUDevice} device
 * @param {boolean} onGpu input and output stay on the GPU
 */
export function gpuSettings(device, onGpu) {
  const executionProviders = [{ name: "webgpu", device }];
  return onGpu ? { executionProviders, preferredOutputLocation: "gpu-buffer" } : { executionProviders };
}

/**
 * Owns the session and all its buffers, which are always the same for whoever reads them. What one run gives to the next
 * has two buffers, which change places; is it read as well, its own buffer is copied after the run.
 */
export class GpuSession {
  #session;
  #spec;
  /** @type {(shape: number[]) => Slot} */
  #newSlot;
  /** @type {Record<string, Slot>} by name: the picture, the settings, and all that comes out to be read */
  #slots = {};
  /** @type {{input: string, output: string, shape: number[], initial?: number, read: Slot, written: Slot}[]} */
  #state;
  /** @type {Record<string, any>} */
  #feeds = {};
  /** @type {Record<string, any>} */
  #fetches = {};
  /** @type {Record<string, Slot>} by name: the picture of a glance, and what comes out of it */
  #aside = {};
  #isFirst = true;

  /** @param {any} ort @param {any} session @param {GPUDevice} device @param {Spec} spec */
  constructor(ort, session, device, spec) {
    const { input, output, state, settings, extras } = spec;
    const slot = (/** @type {number[]} */ shape) => newSlot(ort, device, shape);
    this.#session = session;
    this.#spec = spec;
    this.device = device;
    this.#newSlot = slot;
    for (const { name, shape } of [input, ...settings, output, ...extras]) this.#slots[name] = slot(shape);
    for (const { name } of [input, ...settings]) this.#feeds[name] = this.#slot(name).tensor;
    for (const { name } of [output, ...extras]) this.#fetches[name] = this.#slot(name).tensor;
    for (const { name, initial } of settings) this.set(name, initial ?? 0);
    this.#state = state.map((one) => ({
      ...one,
      read: slot(one.shape),
      written: this.#slots[one.output] ?? slot(one.shape),
    }));
    this.input = this.buffer(input.name);
    this.output = this.buffer(output.name);
  }

  /** @param {string} name of an output, or of what goes in and isn't carried on */
  buffer(name) {
    return this.#slot(name).buffer;
  }

  /** The same of a glance; it is made when it is first asked for. @param {string} name */
  aside(name) {
    const { input, output, extras } = this.#spec;
    const { shape } = /** @type {{shape: number[]}} */ ([input, output, ...extras].find((one) => one.name === name));
    this.#aside[name] ??= this.#newSlot(shape);
    return this.#aside[name].buffer;
  }

  /** @param {string} name */
  #slot(name) {
    return /** @type {Slot} */ (this.#slots[name]);
  }

  /** @param {string} name @param {number} value */
  set(name, value) {
    const { shape } = /** @type {{shape: number[]}} */ (this.#spec.settings.find((setting) => setting.name === name));
    this.device.queue.writeBuffer(this.buffer(name), 0, filled(shape, value));
  }

  /** The next frame is the first of another source. A run under way is not disturbed. */
  reset() {
    this.#isFirst = true;
  }

  /** Resolves when the work is handed to the GPU, not when it is done. */
  async run() {
    if (this.#isFirst) this.#beginAnew();
    this.#isFirst = false;
    for (const { input, output, read, written } of this.#state) {
      this.#feeds[input] = read.tensor;
      this.#fetches[output] = written.tensor;
    }
    await this.#session.run(this.#feeds, this.#fetches);
    this.#carryOn();
  }

  /** Run on a picture that is not of the film, and leave nothing to the next run; outputs that nobody has asked for don't come. */
  async glance() {
    const { [this.#spec.input.name]: picture, ...wanted } = this.#aside;
    const tensors = Object.entries(wanted).map(([name, { tensor }]) => [name, tensor]);
    const feeds = { ...this.#feeds, [this.#spec.input.name]: /** @type {Slot} */ (picture).tensor };
    await this.#session.run(feeds, Object.fromEntries(tensors));
  }

  #beginAnew() {
    for (const { shape, initial, read } of this.#state)
      this.device.queue.writeBuffer(read.buffer, 0, filled(shape, initial));
  }

  #carryOn() {
    const encoder = this.device.createCommandEncoder();
    for (const state of this.#state) {
      const { output, read, written } = state;
      if (written === this.#slots[output])
        encoder.copyBufferToBuffer(written.buffer, 0, read.buffer, 0, read.buffer.size);
      else [state.read, state.written] = [written, read];
    }
    this.device.queue.submit([encoder.finish()]);
  }

  async dispose() {
    const slots = new Set([
      ...Object.values(this.#slots),
      ...Object.values(this.#aside),
      ...this.#state.flatMap(({ read, written }) => [read, written]),
    ]);
    for (const { buffer } of slots) buffer.destroy();
    await this.#session.release().catch(() => {}); // fails on a lost device, which has freed everything itself
  }
}

/** @param {any} ort @param {GPUDevice} device @param {number[]} shape @returns {Slot} */
function newSlot(ort, device, shape) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = Math.ceil((Float32Array.BYTES_PER_ELEMENT * elements(shape)) / 16) * 16; // shaders read four at a time
  const buffer = device.createBuffer({ size, usage });
  return { buffer, tensor: ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: shape }) };
}

/** The values of a tensor that has the same one everywhere. @param {number[]} shape @param {number} [value] */
export function filled(shape, value = 0) {
  return new Float32Array(elements(shape)).fill(value);
}

/** How many numbers a tensor of this shape holds. @param {number[]} shape */
function elements(shape) {
  return shape.reduce((product, side) => product * side, 1);
}
