/**
 * The worker's boot: downloads everything in parallel, starts Python, and from then on only forwards.
 *
 * Messages of the page go to `pyselfie.browser.channels.Channels.receive`; Python answers through a Host per channel.
 *
 * @typedef {import("./engine/protocol.d.ts").Boot} Boot
 * @typedef {import("./engine/protocol.d.ts").ToPython} ToPython
 */
import { DownloadError, Downloads } from "./worker/downloads.js";
import { missingHere } from "./worker/features.js";
import { copyFrame } from "./worker/go_on.js";
import { Host, MODEL_FOLDER, Shared } from "./worker/host.js";
import { lateFiles } from "./worker/late_files.js";
import { isOpen, lockDown } from "./worker/lockdown.js";
import { MODELS } from "./worker/models.generated.js";
import { compileNative, linkNative } from "./worker/native_code.js";
import { OrtBridge, runtimeFiles } from "./worker/ort_bridge.js";
import { pageFetch } from "./worker/page_fetch.js";
import { isIsolated, listen, tell } from "./worker/page_line.js";
import { Patience } from "./worker/patience.js";
import { firstBackend, knowsUnfit, probe, runtimeBuild, wantsOnGpu } from "./worker/probe.js";
import { unpack } from "./worker/unpack.js";

const ROOT = new URL("../", import.meta.url).href;
const PYODIDE = "vendor/pyodide/";

/** @type {ToPython[]} messages that arrive before Python does */
const waiting = [];
/** @type {(message: ToPython) => unknown} true when it has been read: a Python that has died returns nothing */
let receive = (message) => waiting.push(message);
/** Closes what holds frames. */
let closeAll = async () => {
  for (const message of waiting.splice(0)) if ("frame" in message) message.frame.close();
};

const NO_POLICY =
  "This browser doesn't hold an isolated worker to its policy, so effects of other people can't run in it. Use another browser.";
const SIGN_MS = 500;
let signedAt = 0;
/** A boot imports scripts, so other people's code may not call for a second one. */
let hasBegun = false;

listen((/** @type {Boot | import("./engine/protocol.d.ts").End | ToPython} */ message) => {
  if (message.type === "boot") {
    if (!hasBegun) boot(message);
    hasBegun = true;
  } else if (message.type === "end") end();
  else if (receive(message)) giveSign(message);
});

/** Between two pieces of work, so that the page's watchdog need not wait until all are done. @param {ToPython} message */
function giveSign(message) {
  const ping = message.type === "ping" ? message.number : undefined;
  if (ping === undefined && performance.now() - signedAt < SIGN_MS) return;
  signedAt = performance.now();
  tell({ type: "alive", ping });
}

async function end() {
  await closeAll();
  tell({ type: "ended" });
}

/** @param {Boot} message */
async function boot({ modelSelection, edges, backend, painter, verdicts, fresh, interrupt }) {
  tell({ type: "alive" }); // the script has come: from here on it is `Patience` that ends a start, and says what is missing
  const fail = (/** @type {string} */ message) => tell({ type: "error", code: "load", message, action: "retry" });
  const [missing] = missingHere();
  if (missing) return fail(missing.sentence);
  if (isIsolated() && (await isOpen())) return fail(NO_POLICY);
  const report = (/** @type {string} */ text) => tell({ type: "progress", ...downloads.progress, text });
  const downloads = new Downloads(ROOT, {
    fresh: Boolean(fresh),
    onMove: () => patience.moved(),
    onProgress: (done) => report(done ? "Starting Python" : "Downloading the engine"),
    ...(isIsolated() && { fetch: pageFetch(ROOT) }),
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
    if (isIsolated()) lockDown();
    Object.assign(self, { pyodide }); // for a look inside from the console, and for the leak test
    tell({ type: "booted" });
    for (const message of waiting.splice(0)) receive(message);
  } catch (error) {
    // What broke off may stand in loaders that have not looked at it: the start's end is told once.
    self.addEventListener("unhandledrejection", (event) => event.preventDefault());
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
  const build = runtimeBuild(found, backend, knowsUnfit(found, painter, verdicts, downloads.versions));
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
  // What comes first is wanted first; Pyodide itself asks for the two files only once its scripts have run.
  const scripts = ["pyodide.mjs", "pyodide.asm.js"].map((file) => downloads.script(PYODIDE + file));
  for (const file of ["pyodide.asm.wasm", "python_stdlib.zip"]) downloads.begin(PYODIDE + file);
  const archives = ["numpy", "pyselfie"].map((name) =>
    downloads.buffer(downloads.expect(downloads.find(`python/${name}-`))),
  );
  const native = compileNative(downloads);
  const lateOnes = lateFiles(downloads);
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
  await linkNative(pyodide, await native);
  patience.moved();
  pyodide.registerJsModule("pyselfie_worker", { copyFrame });
  const late = pyodide.pyimport("pyselfie.browser.late_imports");
  late.install(JSON.stringify(downloads.late), await lateOnes);
  late.destroy();
  if (interrupt) listenTo(interrupt, pyodide);
  const { Channels } = pyodide.pyimport("pyselfie.browser.channels"); // while ONNX Runtime still comes, or compiles
  return { pyodide, Channels };
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
