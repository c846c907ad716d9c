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

/** Owns the session and all its buffers. What one run gives to the next has two buffers, which change places. */
export class GpuSession {
  #session;
  #state;
  /** @type {Record<string, any>} */
  #feeds = {};
  /** @type {Record<string, any>} */
  #fetches = {};
  #isFirst = false; // buffers are made full of zeros

  /** @param {any} ort @param {any} session @param {GPUDevice} device @param {Spec} spec */
  constructor(ort, session, device, { input, output, state }) {
    const slot = (/** @type {number[]} */ shape) => newSlot(ort, device, shape);
    const [picture, mask] = [slot(input.shape), slot(output.shape)];
    this.#session = session;
    this.device = device;
    this.input = picture.buffer;
    this.output = mask.buffer;
    this.#feeds[input.name] = picture.tensor;
    this.#fetches[output.name] = mask.tensor;
    this.#state = state.map(({ shape, ...names }) => ({ ...names, read: slot(shape), written: slot(shape) }));
  }

  /** The next frame is the first of another source. A run under way is not disturbed. */
  reset() {
    this.#isFirst = true;
  }

  /** Resolves when the work is handed to the GPU, not when it is done. */
  async run() {
    if (this.#isFirst) this.#clearState();
    this.#isFirst = false;
    for (const { input, output, read, written } of this.#state) {
      this.#feeds[input] = read.tensor;
      this.#fetches[output] = written.tensor;
    }
    await this.#session.run(this.#feeds, this.#fetches);
    for (const state of this.#state) [state.read, state.written] = [state.written, state.read];
  }

  #clearState() {
    const encoder = this.device.createCommandEncoder();
    for (const { read } of this.#state) encoder.clearBuffer(read.buffer);
    this.device.queue.submit([encoder.finish()]);
  }

  async dispose() {
    this.input.destroy();
    this.output.destroy();
    for (const { read, written } of this.#state) for (const { buffer } of [read, written]) buffer.destroy();
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

/** How many numbers a tensor of this shape holds. @param {number[]} shape */
export function elements(shape) {
  return shape.reduce((product, side) => product * side, 1);
}
