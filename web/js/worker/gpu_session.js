/**
 * A model that reads and writes GPU buffers, on a device that Python's shaders share. It translates and decides nothing.
 *
 * @typedef {import("./ort_bridge.js").Facts} Facts
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

/** Owns the session and both buffers. */
export class GpuSession {
  #session;
  #feeds;
  #fetches;

  /** @param {any} ort @param {any} session @param {GPUDevice} device @param {Facts} facts */
  constructor(ort, session, device, { inputName, outputName, width, height }) {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const pixel = Float32Array.BYTES_PER_ELEMENT * width * height;
    this.#session = session;
    this.device = device;
    this.input = device.createBuffer({ size: pixel * 3, usage });
    this.output = device.createBuffer({ size: pixel, usage });
    const tensor = (/** @type {GPUBuffer} */ buffer, /** @type {number} */ channels) =>
      ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: [1, height, width, channels] });
    this.#feeds = { [inputName]: tensor(this.input, 3) };
    this.#fetches = { [outputName]: tensor(this.output, 1) };
  }

  /** Resolves when the work is handed to the GPU, not when it is done. */
  async run() {
    await this.#session.run(this.#feeds, this.#fetches);
  }

  async dispose() {
    this.input.destroy();
    this.output.destroy();
    await this.#session.release().catch(() => {}); // fails on a lost device, which has freed everything itself
  }
}
