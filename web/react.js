// For React: the component <PySelfie>, and useProcessedTrack for calls. Each comes alone where only one is imported.

export { PySelfie } from "./js/frameworks/react_component.js";
export { useProcessedTrack } from "./js/frameworks/react_track.js";
