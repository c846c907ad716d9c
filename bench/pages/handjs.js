/** Contender: hand-written JavaScript and onnxruntime-web in a module worker, which owns the canvas. */

import { dataUrl, frameByFrame, makeBackdrop, offer, personOfComposite } from "./shared.js";

const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas"));
const worker = new Worker(new URL("handjs_worker.js", import.meta.url), { type: "module" });

/**
 * @param {object} message
 * @param {Transferable[]} transfer
 * @returns {Promise<any>}
 */
function ask(message, transfer) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message, transfer);
  });
}

/**
 * @param {ImageBitmap | VideoFrame} frame
 * @returns {Promise<BenchSample>}
 */
async function segment(frame) {
  const start = performance.now();
  const reply = ask({ frame }, [frame]);
  const mainMs = performance.now() - start;
  const { totalMs, stages, wayIn } = await reply;
  return { totalMs, stages, wayIn, mainMs, roundTripMs: performance.now() - start };
}

/** What the worker has painted: the canvas on the page may lag a picture behind. @returns {Promise<Blob>} */
async function snapshot() {
  return (await ask({}, [])).png;
}

offer({
  prepare(options) {
    const output = canvas.transferControlToOffscreen();
    return ask({ options, canvas: output }, [output]);
  },
  ...frameByFrame(segment),
  async effect(effect) {
    const backdrop = await makeBackdrop();
    await ask({ effect, backdrop }, [backdrop]);
  },
  async person() {
    return personOfComposite(await createImageBitmap(await snapshot()));
  },
  async picture() {
    return dataUrl(await snapshot());
  },
});
