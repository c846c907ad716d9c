/** A worker that loads nothing and answers one question: what could the engine's worker do here? */

import { missingHere } from "./features.js";
import { probe, runtimeBuild } from "./probe.js";

self.onmessage = async ({ data }) => {
  const found = await probe();
  const backend = runtimeBuild(found, data.backend) === "wasm" ? "wasm" : "webgpu";
  self.postMessage({ missing: missingHere(), probe: found, backend });
};
