/** Contender: this project's engine, as its own page uses it. */

import { dataUrl, frameByFrame, makeBackdrop, offer, personOfComposite } from "./shared.js";

const ENGINE = "/dist/js/engine/engine.js";

const stage = /** @type {HTMLElement} */ (document.querySelector("main"));
/** @type {InstanceType<typeof import("../../web/js/engine/engine.js").Engine>} */
let engine;
/** @type {Record<string, number>} */
let stages = {};
let wayIn = "";

class WorkerWithStopwatch extends Worker {
  /** @param {string | URL} _url the engine's worker, which the other one contains @param {WorkerOptions} [options] */
  constructor(_url, options) {
    super(new URL("ours_worker.js", import.meta.url), options);
  }
}

/**
 * @param {string} type
 * @returns {Promise<any>}
 */
function next(type) {
  return new Promise((resolve, reject) => {
    engine.addEventListener(type, (event) => resolve(/** @type {CustomEvent} */ (event).detail), { once: true });
    engine.addEventListener("error", (event) => reject(new Error(/** @type {CustomEvent} */ (event).detail.message)), {
      once: true,
    });
  });
}

/**
 * @param {ImageBitmap | VideoFrame} frame
 * @returns {Promise<BenchSample>}
 */
async function segment(frame) {
  const painted = next("frame");
  const start = performance.now();
  engine.push(frame);
  const mainMs = performance.now() - start;
  const { ms } = await painted;
  return { totalMs: ms, stages, wayIn, mainMs, roundTripMs: performance.now() - start };
}

offer({
  async prepare() {
    globalThis.Worker = WorkerWithStopwatch;
    const { Engine } = await import(ENGINE);
    const asked = new URLSearchParams(location.search);
    engine = new Engine(stage, { backend: asked.get("backend") ?? "wasm", painter: asked.get("painter") ?? "auto" });
    engine.addEventListener("timings", (event) => {
      ({ stages, wayIn } = /** @type {CustomEvent} */ (event).detail);
    });
    // The network's own mask is what the others paint; what is done for its edges is a contender of its own.
    const edges = asked.get("edges") ?? "raw";
    const plain = { decontaminate: false, lightWrap: 0 };
    engine.setOptions({ effect: "fill", color: "#00FF00", modelSelection: 1, edges, ...plain });
    const ready = next("ready");
    await engine.start();
    const { backend, threads, painter, reason } = await ready;
    const how = backend === "webgpu" ? `, painter ${painter} (${reason})` : "";
    return { backend: `onnxruntime-web ${backend}${how}`, threads };
  },
  ...frameByFrame(segment),
  async effect(effect) {
    engine.setBackdrop(await makeBackdrop());
    engine.setOptions({ effect });
  },
  async person() {
    // what the worker has painted: the canvas on the page may lag a picture behind
    return personOfComposite(await createImageBitmap(await engine.snapshot()));
  },
  async picture() {
    return dataUrl(await engine.snapshot());
  },
});
