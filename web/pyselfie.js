// The one script of a page that embeds pyselfie: defines <selfie-segmentation> and exports what scripts use.

import { SelfieSegmentationElement } from "./js/element/element.js";

export { preload } from "./js/engine/preload.js";
export { setSite } from "./js/engine/site.js";
export { support } from "./js/engine/support.js";
export { processTrack } from "./js/track/process_track.js";
export { SelfieSegmentationElement };

if (globalThis.customElements?.get("selfie-segmentation") === undefined) {
  globalThis.customElements?.define("selfie-segmentation", SelfieSegmentationElement);
}
