/** Several models in WebAssembly, behind the project's own bridge, on one thread: each takes its turn. */

const SITE = "/dist/";

/**
 * @param {any[]} entries of the manifest
 * @param {number} rounds
 * @returns {Promise<number[][]>} milliseconds of each run, a list for each entry
 */
async function takeTurns(entries, rounds) {
  const ort = await import(`${SITE}vendor/onnxruntime/ort.wasm.min.mjs`);
  const { OrtBridge } = await import(`${SITE}js/worker/ort_bridge.js`);
  ort.env.wasm.wasmPaths = `${location.origin}${SITE}vendor/onnxruntime/`;
  ort.env.wasm.numThreads = 1;
  const bridge = new OrtBridge(ort);
  const sessions = [];
  for (const { file, input, output, state = [], settings = [], extras = [], backends = [] } of entries) {
    const model = await (await fetch(`${SITE}models/${file}`)).arrayBuffer();
    const optimised = backends.length > 0;
    const session = await bridge.create(model, { input, output, state, settings, extras, optimised }, "wasm");
    const data = Float32Array.from({ length: elements(input.shape) }, (_, at) => 0.5 + 0.4 * Math.sin(at / 97));
    session.bind({ getBuffer: () => ({ data, release() {} }) });
    sessions.push({ session, times: /** @type {number[]} */ ([]) });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { session, times } of sessions) {
      const start = performance.now();
      await session.run();
      times.push(performance.now() - start);
    }
  }
  return sessions.map(({ times }) => times);
}

/** @param {number[]} shape */
function elements(shape) {
  return shape.reduce((product, side) => product * side, 1);
}

Object.assign(window, { takeTurns });
