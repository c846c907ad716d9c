/** Watches the engine's worker from its beginning: what is open is told to whoever sends `soak-count` with a port. */

import { count, newFrame, noteMessage, watch } from "./soak_watch.js";

watch();
/** @type {any[]} proxies that are kept on purpose, where a test asks for it */
const kept = [];
/** @type {Promise<string>} Python's side of the count */
const script = fetch(new URL("soak_worker.py", import.meta.url)).then((response) => response.text());

/** @returns {Promise<WorkerCounts>} */
async function countAll() {
  const { pyodide } = /** @type {any} */ (globalThis);
  const { _module } = pyodide;
  _module.enable_pyproxy_allocation_tracing(); // since the first count
  const python = JSON.parse(pyodide.runPython(await script));
  const pyodideBytes = _module.HEAP8.length;
  const { wasmBytes, ...open } = count();
  const proxies = _module.pyproxy_alloc_map.size;
  const jsProxies = _module._hiwire_num_refs();
  return { ...open, ...python, pyodideBytes, ortBytes: wasmBytes - pyodideBytes, proxies, jsProxies };
}

addEventListener("message", (event) => {
  noteMessage(event.data);
  if (event.data.type === "soak-count") {
    event.stopImmediatePropagation(); // the product knows no such message
    const [port] = event.ports;
    countAll().then(
      (counts) => port.postMessage({ counts }),
      (error) => port.postMessage({ error: String(error) }),
    );
  } else if (event.data.type === "soak-keep") {
    event.stopImmediatePropagation();
    kept.push(/** @type {any} */ (globalThis).pyodide.toPy({}), newFrame());
  }
});
