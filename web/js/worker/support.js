/** A worker that loads nothing and answers one question: what could the engine's worker do here? */

import { missingHere } from "./features.js";
import { probe, runtimeBuild } from "./probe.js";

self.onmessage = async ({ data }) => {
  const facts = await probe();
  const backend = runtimeBuild(facts, data.backend) === "wasm" ? "wasm" : "webgpu";
  self.postMessage({ missing: missingHere(), probe: facts, backend });
};
