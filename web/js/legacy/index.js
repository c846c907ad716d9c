// The address of the first releases; the class is at home in mediapipe/.

export { SelfieSegmentation, VERSION } from "../mediapipe/index.js";
