// The one script of a page that embeds pyselfie: defines <selfie-segmentation> and exports what scripts use.

import { SelfieSegmentationElement } from "./js/element/element.js";
import { later } from "./js/later.js";

export { preload } from "./js/engine/preload.js";
export { setSite } from "./js/engine/site.js";
export { support } from "./js/engine/support.js";
export { registerOffline } from "./js/register_offline.js";
export { processTrack } from "./js/track/process_track.js";
export { SelfieSegmentationElement };

/** As with the panel. @type {typeof import("./types/pyselfie.js").mountEditor} */
export async function mountEditor(...given) {
  const { mountEditor: mount } = await later(() => import("./js/editor/panel.js"), "The editor");
  return mount(...given);
}

/** The panel comes when it's asked for: few pages have one. @type {typeof import("./types/pyselfie.js").mountTrace} */
export async function mountTrace(...given) {
  const { mountTrace: mount } = await later(() => import("./js/trace/panel.js"), "The trace");
  return mount(...given);
}

if (globalThis.customElements?.get("selfie-segmentation") === undefined) {
  globalThis.customElements?.define("selfie-segmentation", SelfieSegmentationElement);
}
