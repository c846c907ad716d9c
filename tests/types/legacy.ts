// A program written against the original's declarations compiles against ours, and against what ours take besides.

import * as original from "@mediapipe/selfie_segmentation";
import * as implemented from "../../web/js/mediapipe/index.js";
import * as ours from "../../web/types/selfie_segmentation";

// Ours stands wherever the original was expected.
const drop_in: typeof original.SelfieSegmentation = ours.SelfieSegmentation;
const version: typeof original.VERSION = ours.VERSION;

// The code is what the declarations say.
const declared: typeof ours = implemented;

// The original's types pass into ours.
declare const inputs: original.InputMap;
declare const options: original.Options;
declare const listener: original.ResultsListener;
declare const config: original.SelfieSegmentationConfig;

const segmenter = new ours.SelfieSegmentation(config);
segmenter.setOptions(options);
segmenter.onResults(listener);
await segmenter.initialize();
await segmenter.send(inputs);
await segmenter.send({ image: new OffscreenCanvas(1, 1) });
segmenter.reset();
await segmenter.close();

// @ts-expect-error what cannot be segmented
await segmenter.send({ image: "photo.jpg" });

export { declared, drop_in, version };
