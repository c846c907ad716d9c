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

/** @returns {Promise<Probe>} */
export async function probe() {
  const adapter = await requestAdapter();
  const info = adapter?.info;
  const name = info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(" ") || "unnamed" : "";
  return {
    hasWebGpu: Boolean(navigator.gpu),
    adapter: name,
    isSoftware: Boolean(info?.isFallbackAdapter) || SOFTWARE.test(name),
    threads: self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1,
  };
}

async function requestAdapter() {
  try {
    return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  } catch {
    return null; // a broken driver counts as none
  }
}

/**
 * The ONNX Runtime Web build to download: the small one unless WebGPU will be tried.
 *
 * @param {Probe} facts
 * @param {string} requested "auto" | "webgpu" | "wasm"
 * @returns {"wasm" | "jspi" | "asyncify"}
 */
export function runtimeBuild(facts, requested) {
  const wantsWebGpu =
    requested === "webgpu" ? facts.adapter !== "" : requested === "auto" && facts.adapter !== "" && !facts.isSoftware;
  if (!wantsWebGpu) return "wasm";
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}
