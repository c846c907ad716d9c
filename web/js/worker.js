/**
 * The worker's boot: downloads everything in parallel, starts Python, and from then on only forwards.
 *
 * Messages of the page go to `pyselfie.browser.channels.Channels.receive`; Python answers through a Host per channel.
 *
 * @typedef {import("./engine/protocol.d.ts").Boot} Boot
 * @typedef {import("./engine/protocol.d.ts").ToPython} ToPython
 * @typedef {import("./engine/protocol.d.ts").FromBoot} FromBoot
 * @typedef {import("./engine/protocol.d.ts").FromHost} FromHost
 * @typedef {import("./engine/protocol.d.ts").FromPython} FromPython
 * @typedef {{width: number, height: number, data: Uint8Array<ArrayBuffer>}} Pixels
 */
import { bytesOverTheWire, DownloadError, Downloads } from "./worker/downloads.js";
import { missingHere } from "./worker/features.js";
import { fetchNow } from "./worker/fetch_now.js";
import { MODELS } from "./worker/models.generated.js";
import { OrtBridge, runtimeFiles } from "./worker/ort_bridge.js";
import { Patience } from "./worker/patience.js";
import { firstBackend, probe, runtimeBuild, wantsOnGpu } from "./worker/probe.js";
import { unpack } from "./worker/unpack.js";

const ROOT = new URL("../", import.meta.url).href;
const PYODIDE = "vendor/pyodide/";
const MODEL_FOLDER = "models/";

/** @type {ToPython[]} messages that arrive before Python does */
const waiting = [];
/** @type {(message: ToPython) => unknown} true when it has been read: a Python that has died returns nothing */
let receive = (message) => waiting.push(message);
/** Closes what holds frames. */
let closeAll = async () => {
  for (const message of waiting.splice(0)) if ("frame" in message) message.frame.close();
};

const SIGN_MS = 500;
let signedAt = 0;

/** @param {FromBoot | import("./engine/protocol.d.ts").Ended} message */
const tell = (message) => self.postMessage(message);

self.onmessage = (/** @type {MessageEvent<Boot | import("./engine/protocol.d.ts").End | ToPython>} */ { data }) => {
  if (data.type === "boot") boot(data);
  else if (data.type === "end") end();
  else if (receive(data)) giveSign();
};

/** Between two pieces of work, so that the page's watchdog need not wait until all are done. */
function giveSign() {
  if (performance.now() - signedAt < SIGN_MS) return;
  signedAt = performance.now();
  tell({ type: "alive" });
}

async function end() {
  await closeAll();
  tell({ type: "ended" });
}

/** What all channels share: the downloads, ONNX Runtime, what the browser offers. */
class Shared {
  #ort;
  /** @type {OrtBridge | null} */
  #first;
  /** @type {Map<string, Promise<ArrayBuffer>>} models whose download began before Python asked */
  #early = new Map();

  /**
   * @param {Downloads} downloads
   * @param {any} ort
   * @param {import("./worker/probe.js").Probe} found
   * @param {OrtBridge} bridge with the first session under way
   */
  constructor(downloads, ort, found, bridge) {
    this.downloads = downloads;
    this.probe = found;
    this.#ort = ort;
    this.#first = bridge;
  }

  /** A bridge for a channel of its own: it has its own GPU device, whose loss is nobody else's. */
  takeBridge() {
    const bridge = this.#first ?? new OrtBridge(this.#ort);
    this.#first = null;
    return bridge;
  }

  /** @param {string} path @param {Promise<ArrayBuffer>} model */
  haveModel(path, model) {
    this.#early.set(path, model);
  }

  /** @param {string} path @param {(loaded: number, total: number) => void} onProgress of a download that begins now */
  model(path, onProgress) {
    const early = this.#early.get(path);
    this.#early.delete(path);
    return early ?? this.downloads.buffer(this.downloads.url(path), onProgress);
  }
}

/** What Python may ask of JavaScript for one channel (pyselfie.browser.js_types.Host). */
class Host {
  #shared;
  #channel;

  /** @param {Shared} shared @param {number} channel */
  constructor(shared, channel) {
    this.#shared = shared;
    this.#channel = channel;
    this.bridge = shared.takeBridge();
    this.probe = shared.probe;
  }

  /** @param {string} file @param {string} name of the model, for people */
  loadModel(file, name) {
    const text = `Downloading the ${name} model`;
    return this.#shared.model(MODEL_FOLDER + file, (loaded, total) =>
      this.#send({ type: "modelprogress", loaded, total, text }),
    );
  }

  /** @param {FromHost | FromPython} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    self.postMessage({ ...message, channel: this.#channel }, { transfer });
  }

  /** @param {number} width @param {number} height @param {number} ms */
  painted(width, height, ms) {
    this.#send({ type: "frame", width, height, ms });
  }

  /** @param {number} textNumber */
  effectRuns(textNumber) {
    this.#send({ type: "effect_runs", number: textNumber });
  }

  dropped() {
    this.#send({ type: "dropped" });
  }

  /** @param {string} message JSON of a FromPython */
  post(message) {
    this.#send(JSON.parse(message));
  }

  /** @param {string} message JSON of a Traced @param {Record<string, Pixels | undefined>} pictures by their steps' names */
  trace(message, pictures) {
    const { steps, ...rest } = JSON.parse(message);
    for (const step of steps) step.picture = imageOf(pictures[step.name]);
    this.#send({ type: "trace", steps, ...rest });
  }

  /** @param {number} request @param {any} value @param {string | undefined} error */
  reply(request, value, error) {
    this.#send({ type: "reply", request, value: value?.toJs?.() ?? value, error });
  }

  /** Pixels read as 16-bit floats; Pyodide does not know Float16Array. @param {ImageData} pixels */
  halfFloats({ data }) {
    return new Uint16Array(data.buffer);
  }

  /** @param {number} request @param {any} bitmaps a Python list; they are the page's from here on */
  deliver(request, bitmaps) {
    const value = bitmaps.toJs();
    this.#send({ type: "reply", request, value }, value);
  }

  /**
   * Send what is on the canvas now. A `VideoFrame` where there are any: it is taken in this very task, and streams want it.
   *
   * @param {OffscreenCanvas} canvas
   * @param {number | undefined} timestamp microseconds
   */
  composite(canvas, timestamp = performance.now() * 1000) {
    if ("VideoFrame" in self) {
      const frame = new VideoFrame(canvas, { timestamp, alpha: "discard" });
      this.#send({ type: "composite", frame }, [frame]);
    } else {
      createImageBitmap(canvas).then((frame) => this.#send({ type: "composite", frame }, [frame]));
    }
  }

  /** Tell how much came over the wire so far. */
  downloaded() {
    this.#send({ type: "downloaded", bytes: bytesOverTheWire() });
  }
}

/** @param {Boot} message */
async function boot({ modelSelection, edges, backend, painter, verdicts, fresh, interrupt }) {
  tell({ type: "alive" }); // the script has come: from here on it is `Patience` that ends a start, and says what is missing
  const fail = (/** @type {string} */ message) => tell({ type: "error", code: "load", message, action: "retry" });
  const [missing] = missingHere();
  if (missing) return fail(missing.sentence);
  const report = (/** @type {string} */ text) => tell({ type: "progress", ...downloads.progress, text });
  const downloads = new Downloads(ROOT, {
    fresh: Boolean(fresh),
    onMove: () => patience.moved(),
    onProgress: (done) => report(done ? "Starting Python" : "Downloading the engine"),
  });
  const patience = new Patience(
    () => downloads.pending,
    (seconds) => downloads.stalled(seconds),
  );
  try {
    await untilFailure(downloads, downloads.open());
    const started = Promise.all([
      startRuntime(downloads, patience, { modelSelection, edges, backend, painter, verdicts }),
      startPython(downloads, patience, interrupt),
    ]);
    const [shared, { pyodide, Channels }] = await untilFailure(downloads, started);
    await untilFailure(downloads, downloads.checked());
    report("Preparing the model");
    const makeHost = (/** @type {number} */ channel) => new Host(shared, channel);
    const channels = Channels(makeHost, backend, painter, verdicts);
    receive = channels.receive;
    closeAll = channels.end;
    Object.assign(self, { pyodide }); // for a look inside from the console, and for the leak test
    tell({ type: "booted" });
    for (const message of waiting.splice(0)) receive(message);
  } catch (error) {
    console.warn(error);
    fail(error instanceof DownloadError ? error.message : `The engine could not start: ${reason(error)}. Try again.`);
  } finally {
    patience.end();
  }
}

/** @template T @param {Downloads} downloads @param {Promise<T>} step @returns {Promise<T>} */
function untilFailure(downloads, step) {
  return Promise.race([step, downloads.failed]);
}

/**
 * Only a guess where Python will choose something else, as for `auto`: then its model comes later.
 *
 * @param {string} backend
 * @param {number} [model]
 * @param {string} [edges]
 */
function modelFile(backend, model = 0, edges = "refined") {
  const usable = MODELS.filter(({ backends }) => backends.length === 0 || backends.includes(backend));
  usable.sort((one, other) => other.backends.length - one.backends.length); // its own first
  const fitting = usable.filter((one) => one.edges === edges);
  return fitting.find((one) => one.modelSelection === model) ?? fitting[0] ?? usable[0];
}

/**
 * @param {Downloads} downloads
 * @param {Patience} patience
 * @param {{modelSelection?: number, edges?: string, backend: string, painter: string, verdicts: string}} asked
 */
async function startRuntime(downloads, patience, { modelSelection, edges, backend, painter, verdicts }) {
  const found = await probe();
  const build = runtimeBuild(found, backend);
  const first = firstBackend(build, backend, verdicts);
  const { file, backends } = modelFile(first, modelSelection, edges);
  const modelPath = MODEL_FOLDER + file;
  const model = downloads.buffer(downloads.expect(modelPath));
  const files = runtimeFiles(build);
  const wasm = downloads.expect(files.wasm);
  downloads.complete = true;
  const [ort] = await Promise.all([downloads.script(files.api), downloads.script(files.mjs)]);
  patience.moved();
  ort.env.logLevel = "error";
  ort.env.wasm.wasmPaths = { mjs: downloads.url(files.mjs), wasm };
  ort.env.wasm.numThreads = found.threads;
  const bridge = new OrtBridge(ort);
  await bridge.warm(await model, first, first !== "wasm" && wantsOnGpu(found, painter), backends.length > 0);
  patience.moved();
  const shared = new Shared(downloads, ort, found, bridge);
  shared.haveModel(modelPath, model);
  return shared;
}

/** @param {Downloads} downloads @param {Patience} patience @param {SharedArrayBuffer | null} interrupt */
async function startPython(downloads, patience, interrupt) {
  const archives = ["numpy", "pyselfie"].map((name) =>
    downloads.buffer(downloads.expect(downloads.find(`python/${name}-`))),
  );
  for (const file of ["pyodide.asm.wasm", "python_stdlib.zip"]) downloads.expect(PYODIDE + file);
  const scripts = ["pyodide.mjs", "pyodide.asm.js"].map((file) => downloads.script(PYODIDE + file));
  const [{ loadPyodide }] = await Promise.all(scripts);
  patience.moved();
  const pyodide = await loadPyodide({ indexURL: downloads.url(PYODIDE) });
  patience.moved();
  // NumPy's build asks libc for a backtrace before it reuses a temporary array, and Pyodide has none: without this answer
  // ("no frames": do not reuse) the first large `a * b + c` ends the interpreter.
  pyodide._module.mergeLibSymbols({ backtrace: () => 0 }, "numpy");
  // A JavaScript error inside WebAssembly (no memory for a file, say) ends the interpreter, often in a place where Python
  // has let go of its lock: all later calls then fail with a NoGilError that says nothing. The page is told of the first.
  pyodide._api.on_fatal = (/** @type {unknown} */ error) => {
    closeAll = async () => {}; // what a dead Python has cannot be closed
    reportError(error);
  };
  for (const archive of archives) unpack(await archive, pyodide.FS, pyodide._api.sitePackages);
  patience.moved();
  const late = pyodide.pyimport("pyselfie.browser.late_imports");
  late.install(JSON.stringify(downloads.late), (/** @type {string} */ path, /** @type {boolean} */ past) => {
    tell({ type: "fetching" });
    const found = fetchNow(downloads.url(path), past);
    tell({ type: "alive" });
    return found;
  });
  late.destroy();
  if (interrupt) listenTo(interrupt, pyodide);
  const { Channels } = pyodide.pyimport("pyselfie.browser.channels"); // while ONNX Runtime still comes, or compiles
  return { pyodide, Channels };
}

/** @param {Pixels} [pixels] */
function imageOf(pixels) {
  return pixels ? new ImageData(new Uint8ClampedArray(pixels.data.buffer), pixels.width, pixels.height) : null;
}

/** @param {SharedArrayBuffer} interrupt @param {any} pyodide */
function listenTo(interrupt, pyodide) {
  const stopping = pyodide.pyimport("pyselfie.custom.stopping");
  stopping.listen();
  stopping.destroy();
  pyodide.setInterruptBuffer(new Int32Array(interrupt));
}

/** A Python error has its class in `type`; its message is a traceback, which is for the console. @param {any} error */
function reason(error) {
  return error.type ?? error.message?.split("\n")[0] ?? String(error);
}
