/** What this browser can do, asked before anything is loaded. */

import { readSettings } from "../options.js";
import { siteUrl } from "./site.js";
import { startWorker, watchStart } from "./start.js";

const WORKER = "js/worker/support.js";

/** @typedef {import("../../types/pyselfie.js").Support} Support */
/** @typedef {Support["missing"]} Missing */

/**
 * Facts, no choices: which backend runs is Python's to say, by `ready`.
 *
 * @param {import("../../types/pyselfie.js").SupportOptions} [options]
 * @returns {Promise<Support>}
 */
export async function support(options = {}) {
  const { site, backend = "auto" } = readSettings(options, ["site", "backend"]);
  const inWorker = await askWorker(siteUrl(site), backend);
  const camera = missingForCamera();
  const missing = [...missingForEngine(), ...inWorker.missing];
  const { adapter, isSoftware, threads } = inWorker.probe;
  return {
    supported: missing.length === 0,
    backend: inWorker.backend,
    reason: adapter ? `${isSoftware ? "software" : "hardware"} adapter ${adapter}` : "no WebGPU adapter",
    threads,
    isolated: Boolean(globalThis.crossOriginIsolated),
    camera: camera.length === 0,
    tracks:
      "MediaStreamTrackProcessor" in globalThis && "MediaStreamTrackGenerator" in globalThis ? "frames" : "canvas",
    missing: [...missing, ...camera],
  };
}

/** @returns {Missing} */
function missingForEngine() {
  if ("transferControlToOffscreen" in HTMLCanvasElement.prototype) return [];
  return [{ feature: "offscreen-canvas", sentence: "This browser cannot paint from a worker: use a newer browser." }];
}

/** @returns {Missing} */
function missingForCamera() {
  if (!isSecureContext) {
    const sentence = "Browsers give the camera to secure pages only: open this page over https://.";
    return [{ feature: "camera", sentence }];
  }
  if (navigator.mediaDevices) return [];
  return [{ feature: "camera", sentence: "This browser gives no camera to pages: use another one." }];
}

/**
 * The engine will run in a worker below that worker's policy, so one of its kind is asked.
 *
 * @param {string} site
 * @param {string} backend
 * @returns {Promise<{missing: Missing, probe: import("../worker/probe.js").Probe, backend: "webgpu" | "wasm"}>}
 */
function askWorker(site, backend) {
  const { promise, resolve } = Promise.withResolvers();
  const url = site + WORKER;
  const worker = startWorker(url);
  watchStart(worker, url, site, (sentence) => {
    const probe = { hasWebGpu: false, adapter: "", isSoftware: false, threads: 1 };
    resolve({ missing: [{ feature: "worker", sentence }], probe, backend: "wasm" });
  });
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage({ backend });
  return promise.finally(() => worker.terminate());
}
