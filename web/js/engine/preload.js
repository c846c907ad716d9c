/** Loading everything before it is wanted. */

import { entriesOf, readSettings } from "../options.js";
import { kindOf, show } from "../show.js";
import { WorkerHost } from "./worker_host.js";

/**
 * Boot a worker with Python and the model in it; the next engine with the same settings takes it over.
 *
 * @param {import("../../types/pyselfie.js").PreloadOptions} [options]
 */
export async function preload(options = {}) {
  /** @type {Record<string, any>} */
  const { signal, ...given } = Object.fromEntries(entriesOf(options, '{ backend: "wasm" }'));
  if (signal !== undefined && signal !== null && kindOf(signal) !== "AbortSignal") {
    throw new TypeError(`signal is ${show(signal)}, but it has to be an AbortController's signal.`);
  }
  const names = ["site", "backend", "painter", "isolated", "modelSelection", "edges"];
  const { modelSelection, edges, ...settings } = readSettings(given, names);
  signal?.throwIfAborted();
  await WorkerHost.for(settings).hold({ modelSelection, edges }, signal);
}
