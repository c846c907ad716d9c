/**
 * What this browser offers to the runtime. Facts only: Python chooses the backend from them (pyselfie.runtimes.auto).
 *
 * @typedef {object} Probe
 * @property {boolean} hasWebGpu
 * @property {string} adapter Name of the WebGPU adapter, "" if none is offered.
 * @property {boolean} isSoftware The adapter computes on the CPU.
 * @property {number} threads Threads that WebAssembly may use.
 */

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;
const MOST_THREADS = 4; // more do not help models this small
const CORES_PER_THREAD = 2; // threads wait for each other by spinning: with no core to spare, two are slower than one

/** @returns {Promise<Probe>} */
export async function probe() {
  const adapter = await requestAdapter();
  const info = adapter?.info;
  const name = info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(" ") || "unnamed" : "";
  return {
    hasWebGpu: Boolean(navigator.gpu),
    adapter: name,
    isSoftware: Boolean(info?.isFallbackAdapter) || SOFTWARE.test(name),
    threads: mayHaveThreads() ? threadsFor(navigator.hardwareConcurrency) : 1,
  };
}

/**
 * With files of another origin the worker began in a blob. ONNX Runtime would start threads from blobs of its own, which
 * want `blob:` in `script-src`: too much to ask of a page.
 */
function mayHaveThreads() {
  return self.crossOriginIsolated && "SharedArrayBuffer" in self && self.location.protocol !== "blob:";
}

/** @param {number} cores */
function threadsFor(cores) {
  return Math.max(1, Math.min(MOST_THREADS, Math.floor(cores / CORES_PER_THREAD)));
}

async function requestAdapter() {
  try {
    return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  } catch {
    return null; // a broken driver counts as none
  }
}

/** Whether frames will stay on the GPU if WebGPU runs; Python decides the same. @param {Probe} found @param {string} painter */
export function wantsOnGpu(found, painter) {
  return painter === "webgpu" || (painter !== "canvas2d" && !found.isSoftware);
}

/**
 * The ONNX Runtime Web build to download: the small one unless WebGPU will be tried.
 *
 * @param {Probe} found
 * @param {string} requested "auto" | "webgpu" | "wasm"
 * @param {boolean} [unfit] see `knowsUnfit`
 * @returns {"wasm" | "jspi" | "asyncify"}
 */
export function runtimeBuild(found, requested, unfit = false) {
  const isHardware = found.adapter !== "" && !found.isSoftware;
  const wantsWebGpu = requested === "webgpu" ? found.adapter !== "" : requested === "auto" && isHardware && !unfit;
  if (!wantsWebGpu) return "wasm";
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}

/**
 * Which backend the first model will run on; only a guess where Python decides by what is known of the adapter.
 *
 * @param {"wasm" | "jspi" | "asyncify"} build
 * @param {string} requested "auto" | "webgpu" | "wasm"
 * @param {string} verdicts JSON: what the page has kept
 */
export function firstBackend(build, requested, verdicts) {
  if (build === "wasm") return "wasm";
  return requested === "webgpu" || knowsFit(verdicts) ? "webgpu" : "wasm";
}

/** @param {string} verdicts */
function knowsFit(verdicts) {
  return kept(verdicts).some(({ backend }) => backend === "webgpu");
}

/**
 * Whether the page has kept that Python will not try this GPU, unless it is asked to: `pyselfie.core.gpu_check.key_of` has
 * the same key.
 *
 * @param {Probe} found
 * @param {string} painter
 * @param {string} verdicts JSON: what the page has kept
 * @param {{pyselfie: string, runtime: string}} versions
 */
export function knowsUnfit(found, painter, verdicts, { pyselfie, runtime }) {
  const paints = wantsOnGpu(found, painter) ? "webgpu" : "canvas2d";
  const ours = `${found.adapter}, painter ${paints}, pyselfie ${pyselfie}, ONNX Runtime ${runtime}`;
  return kept(verdicts).some(({ key, backend }) => key === ours && backend === "wasm");
}

/** @param {string} verdicts @returns {{key: string, backend: unknown}[]} */
function kept(verdicts) {
  try {
    return Object.entries(JSON.parse(verdicts)).map(([key, entry]) => ({ key, backend: JSON.parse(entry).backend }));
  } catch {
    return []; // others may have written it
  }
}
