/** The engine's worker, with a stopwatch that the product lacks: ours_worker.py runs in it before the first message does. */

// @ts-expect-error a file of the built site, which tsc does not look into
import "/dist/js/worker.js";

/** @typedef {{runPython(source: string): void}} Python */

/** @param {string} url */
function textOf(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false); // the setter below cannot wait
  request.send();
  return request.responseText;
}

/** @type {Python} */
let python;
Object.defineProperty(self, "pyodide", {
  get: () => python,
  set(/** @type {Python} */ pyodide) {
    python = pyodide;
    pyodide.runPython(textOf("ours_worker.py"));
  },
});
