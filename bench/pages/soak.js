/** A page that is used for hours. bench/soak asks for the steps; each comes to its end with everything closed that it opened. */

import { STEPS } from "./soak_steps.js";
import { newFrame, noteMessage, openFrames, watchFrames } from "./soak_watch.js";

const LIBRARY = "/dist/pyselfie.js";
const WORKER = "/js/worker.js";
const PATIENCE_MS = 120_000;
const MEASURED_FRAMES = 12;
const CALM = {
  effect: "blur",
  background: "#204060",
  strength: 0.5,
  modelSelection: 1,
  edges: "refined",
  mirror: false,
  smoothing: null,
  decontaminate: null,
  lightWrap: null,
  src: null,
  camera: "",
  paused: false,
};

const SETTINGS = {
  webgpu: { backend: "webgpu", painter: "webgpu" },
  wasm: { backend: "auto", painter: "canvas2d" },
};

const asked = new URLSearchParams(location.search);
const onWebGpu = asked.get("on") === "webgpu";
/** What is kept on purpose, where a test asks for it: a leak that has to be found. */
const leaks = asked.has("leak");
/** @type {unknown[]} */
const kept = [];
/** @type {string[]} what went wrong since the last look */
const faults = [];
/** Of the engines' workers; a worker that has ended is not to be kept. @type {WeakRef<Worker>} */
let newest;
let frames = 0;

class WatchedWorker extends Worker {
  /** @param {string | URL} url @param {WorkerOptions} [options] */
  constructor(url, options) {
    const isEngine = String(url).endsWith(WORKER);
    super(isEngine ? new URL("soak_worker.js", import.meta.url) : url, options);
    this.addEventListener("message", ({ data }) => noteMessage(data));
    if (isEngine) newest = new WeakRef(this);
  }
}

watchFrames();
performance.setResourceTimingBufferSize(0); // a browser keeps 250 of what was fetched, a heap that grows for a quarter of an hour
globalThis.Worker = WatchedWorker;
addEventListener("error", ({ message }) => faults.push(`uncaught: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => faults.push(`unhandled: ${reason}`));

/** @param {string} what */
const told = (what) => [`${what} did not come within ${PATIENCE_MS / 1000} s`, ...faults.splice(0)].join("; ");

/** @param {Promise<any>} promise @param {string} what */
function within(promise, what) {
  const late = Promise.withResolvers();
  const timer = setTimeout(() => late.reject(new Error(told(what))), PATIENCE_MS);
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

/** @param {EventTarget} target @param {string} type @returns {Promise<any>} the event's detail */
function next(target, type, wanted = (/** @type {any} */ _detail) => true) {
  const { promise, resolve } = Promise.withResolvers();
  const listen = (/** @type {any} */ { detail }) => wanted(detail) && resolve(detail);
  target.addEventListener(type, listen);
  return within(promise, `“${type}”`).finally(() => target.removeEventListener(type, listen));
}

/** @type {SoakTools} */
const tools = {
  settings: SETTINGS[onWebGpu ? "webgpu" : "wasm"],
  models: onWebGpu ? [0, 1] : [0, 1, 3, 0, 1],
  next,
  within,
  async frames(element, wanted) {
    const ms = [];
    while (ms.length < wanted) ms.push((await next(element, "frame")).ms);
    return ms;
  },
  element(properties) {
    const element = document.createElement("selfie-segmentation");
    element.addEventListener("error", ({ detail }) => faults.push(`error: ${detail.message}`));
    element.addEventListener("frame", () => frames++);
    Object.assign(element, tools.settings, properties);
    document.querySelector("main")?.append(element);
    return element;
  },
  newestWorker: () => /** @type {Worker} */ (newest.deref()),
};

/** @type {import("../../web/types/pyselfie.js").SelfieSegmentationElement} */
let main;
/** @type {Worker} the main element's, which lives as long as the page, unless it's silent for too long */
let worker;

/** @returns {Promise<WorkerCounts>} */
async function countInWorker() {
  const { port1, port2 } = new MessageChannel();
  const { promise, resolve, reject } = Promise.withResolvers();
  port1.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.counts));
  worker.postMessage({ type: "soak-count" }, [port2]);
  return within(promise, "the worker's count").finally(() => port1.close());
}

/** From here on another worker is counted; that it had to begin is told. @param {string} message */
function noteRestart(message) {
  faults.push(`notice: ${message}`);
  main.addEventListener("ready", () => (worker = tools.newestWorker()), { once: true });
}

function leak() {
  kept.push(newFrame());
  worker.postMessage({ type: "soak-keep" });
}

/** @type {SoakPage} */
const page = {
  async open() {
    await import(LIBRARY);
    main = tools.element(CALM);
    await tools.frames(main, 3);
    worker = tools.newestWorker();
    main.addEventListener("notice", ({ detail }) => detail.code === "worker" && noteRestart(detail.message));
  },
  async step({ name, number }) {
    main.paused = false; // as the sample before has left it
    await STEPS[name](main, number, tools);
    if (leaks) leak();
  },
  /** The state in which samples are taken: the same camera, effect and model, and nothing on its way. */
  async settle() {
    Object.assign(main, CALM);
    await tools.frames(main, 3); // of what was before
    const ms = await tools.frames(main, MEASURED_FRAMES);
    main.paused = true;
    await main.getMask(); // answered after all frames
    return ms;
  },
  async count() {
    return { page: { frames: openFrames() }, worker: await countInWorker(), frames, faults: faults.splice(0) };
  },
};

/** @param {keyof SoakPage} method @param {any} [argument] */
globalThis.soak = (method, argument) => page[method](argument);
