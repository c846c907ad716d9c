/** Loading everything before it is wanted. */

import { readSettings } from "../options.js";
import { WorkerHost } from "./worker_host.js";

/**
 * Boot a worker with Python and the model in it; the next engine with the same settings takes it over.
 *
 * @param {import("../../types/pyselfie.js").PreloadOptions} [options]
 */
export async function preload({ signal, ...options } = {}) {
  const names = ["site", "backend", "painter", "isolated", "modelSelection", "edges"];
  const { modelSelection, edges, ...settings } = readSettings(options, names);
  signal?.throwIfAborted();
  await WorkerHost.for(settings).hold({ modelSelection, edges }, signal);
}
