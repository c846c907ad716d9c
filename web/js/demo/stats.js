// The statistics that can be opened under the picture.

import { byId } from "../dom.js";
import { backendTitle, megabytes } from "../page/status.js";

/** @type {Record<string, string>} */
const STAGES = {
  capture: "Take the frame",
  preprocess: "Prepare the model's input",
  infer: "Run the model",
  postprocess: "Make the mask",
  paint: "Paint the effect",
  total: "Whole frame",
};

/** @type {Record<string, string>} */
const PAINTERS = { canvas2d: "Canvas 2D", webgpu: "WebGPU, frames stay on the GPU" };

/**
 * @param {string} id
 * @param {string} text
 */
function set(id, text) {
  byId(`stat-${id}`, HTMLElement).textContent = text;
}

/** @param {number} startMs */
export function showStart(startMs) {
  set("start", `${(startMs / 1000).toFixed(1)} s`);
}

/** @param {{model: string, modelReason: string}} running */
export function showModel({ model, modelReason }) {
  set("model", model);
  set("model-reason", modelReason);
}

/** @param {import("../../types/pyselfie.js").Statistics} stats */
export function showStats(stats) {
  set("fps", stats.fps > 0 ? stats.fps.toFixed(1) : "none: a still picture");
  set("frames", stats.frames.toLocaleString("en"));
  set("dropped", stats.dropped.toLocaleString("en"));
  set("size", `${stats.width} × ${stats.height} pixels`);
  set("way-in", stats.wayIn);
  set("backend", backendTitle(stats.backend));
  set("reason", stats.reason);
  set("painter", PAINTERS[stats.painter] ?? stats.painter);
  set("threads", String(stats.threads));
  showModel(stats);
  set("bytes", `${megabytes(stats.downloadedBytes)} MB`);
  byId("stat-stages", HTMLTableSectionElement).replaceChildren(...Object.entries(stats.stages).map(stageRow));
}

/** @param {[string, {median: number, p95: number}]} entry */
function stageRow([name, { median, p95 }]) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = STAGES[name] ?? name;
  row.append(head);
  for (const value of [median, p95]) row.insertCell().textContent = value.toFixed(1);
  return row;
}
