// For Vue: the component <PySelfie>, and useProcessedTrack for calls. Each comes alone where only one is imported.

export { PySelfie } from "./js/frameworks/vue_component.js";
export { useProcessedTrack } from "./js/frameworks/vue_track.js";
