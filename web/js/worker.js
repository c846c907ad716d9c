/**
 * The worker's boot: downloads everything in parallel, starts Python, and from then on only forwards.
 *
 * Messages of the page go to `pyselfie.browser.worker.Worker.receive`; Python answers through the Host below.
 */
import { DownloadError, Downloads } from "./downloads.js";
import { OrtBridge, runtimeFiles } from "./ort_bridge.js";
import { probe, runtimeBuild, wantsResident } from "./probe.js";

/** @typedef {{type: string, [key: string]: any}} Message */

const ROOT = new URL("../", import.meta.url).href;
const PYODIDE = "vendor/pyodide/";
const MODELS = ["models/selfie_segmentation.onnx", "models/selfie_segmentation_landscape.onnx"]; // by modelSelection

/** @type {Message[]} messages that arrive before Python does */
const waiting = [];
/** @type {(message: Message) => void} */
let receive = (message) => waiting.push(message);

self.onmessage = ({ data }) => {
  if (data.type === "boot") boot(data);
  else receive(data);
};

/** What Python may ask of JavaScript (pyselfie.browser.js_types.Host). */
class Host {
  #downloads;
  /** @type {Map<string, Promise<ArrayBuffer>>} models whose download began before Python asked */
  #early = new Map();

  /**
   * @param {Downloads} downloads
   * @param {OrtBridge} bridge
   * @param {import("./probe.js").Probe} facts
   */
  constructor(downloads, bridge, facts) {
    this.#downloads = downloads;
    this.bridge = bridge;
    this.probe = facts;
  }

  /** @param {string} path @param {Promise<ArrayBuffer>} model */
  haveModel(path, model) {
    this.#early.set(path, model);
  }

  /** @param {string} file */
  async loadModel(file) {
    const path = `models/${file}`;
    const early = this.#early.get(path);
    this.#early.delete(path);
    return early ?? this.#downloads.buffer(this.#downloads.url(path));
  }

  /** @param {number} width @param {number} height @param {number} ms */
  painted(width, height, ms) {
    self.postMessage({ type: "frame", width, height, ms });
  }

  dropped() {
    self.postMessage({ type: "dropped" });
  }

  /** @param {string} type @param {string} detail JSON */
  post(type, detail) {
    self.postMessage({ ...JSON.parse(detail), type });
  }

  /** @param {number} request @param {any} value @param {string | undefined} error */
  reply(request, value, error) {
    self.postMessage({ type: "reply", request, value: value?.toJs?.() ?? value, error });
  }
}

/** @param {Message} message */
async function boot({ canvas, options, backend, painter }) {
  let stage = "Downloading the engine";
  const report = (/** @type {number} */ loaded, /** @type {number} */ total) =>
    self.postMessage({ type: "progress", loaded, total, text: loaded < total ? stage : "Starting Python" });
  const downloads = new Downloads(ROOT, report);
  try {
    await downloads.open();
    const started = Promise.all([startRuntime(downloads, { backend, painter, options }), startPython(downloads)]);
    const [host, pyodide] = await Promise.race([started, downloads.failed]);
    stage = "Preparing the model";
    report(downloads.loaded, downloads.loaded + 1);
    const worker = pyodide
      .pyimport("pyselfie.browser.worker")
      .Worker(host, canvas, JSON.stringify(options), backend, painter);
    receive = worker.receive;
    Object.assign(self, { pyodide }); // for a look inside from the console, and for the leak test
    for (const message of waiting.splice(0)) receive(message);
    await worker.start();
    self.postMessage({ type: "downloaded", bytes: bytesOverTheWire() });
  } catch (error) {
    console.warn(error);
    const message =
      error instanceof DownloadError ? error.message : `The engine could not start: ${reason(error)}. Try again.`;
    self.postMessage({ type: "error", code: "load", message, action: "retry" });
  }
}

/**
 * @param {Downloads} downloads
 * @param {{backend: string, painter: string, options: {modelSelection?: number}}} asked
 */
async function startRuntime(downloads, { backend, painter, options }) {
  const modelPath = MODELS[options.modelSelection ?? 0] ?? MODELS[0];
  const model = downloads.buffer(downloads.expect(modelPath));
  const facts = await probe();
  const build = runtimeBuild(facts, backend);
  const files = runtimeFiles(build);
  const wasm = downloads.expect(files.wasm);
  downloads.complete = true;
  const ort = await import(downloads.url(files.api));
  ort.env.logLevel = "error";
  ort.env.wasm.wasmPaths = { mjs: downloads.url(files.mjs), wasm };
  ort.env.wasm.numThreads = facts.threads;
  const bridge = new OrtBridge(ort);
  await bridge.warm(
    await model,
    build === "wasm" ? "wasm" : "webgpu",
    build !== "wasm" && wantsResident(facts, painter),
  );
  const host = new Host(downloads, bridge, facts);
  host.haveModel(modelPath, model);
  return host;
}

/** @param {Downloads} downloads */
async function startPython(downloads) {
  const wheels = ["numpy", "pyselfie"].map((name) =>
    downloads.buffer(downloads.expect(downloads.find(`python/${name}-`))),
  );
  for (const file of ["pyodide.asm.wasm", "python_stdlib.zip"]) downloads.expect(PYODIDE + file);
  const { loadPyodide } = await import(downloads.url(`${PYODIDE}pyodide.mjs`));
  const pyodide = await loadPyodide({ indexURL: downloads.url(PYODIDE) });
  // NumPy's build asks libc for a backtrace before it reuses a temporary array, and Pyodide has none: without this answer
  // ("no frames": do not reuse) the first large `a * b + c` ends the interpreter.
  pyodide._module.mergeLibSymbols({ backtrace: () => 0 }, "numpy");
  for (const wheel of wheels) pyodide.unpackArchive(await wheel, "wheel");
  return pyodide;
}

function bytesOverTheWire() {
  const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
  return entries.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
}

/** A Python error has its class in `type`; its message is a traceback, which is for the console. @param {any} error */
function reason(error) {
  return error.type ?? error.message?.split("\n")[0] ?? String(error);
}
