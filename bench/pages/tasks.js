/** Contender: @mediapipe/tasks-vision's ImageSegmenter, the mask alone, as floats that a program can use. */

import { FilesetResolver, ImageSegmenter } from "@mediapipe/tasks-vision";
import { makeFrames, offer, personOfMask } from "./shared.js";

const delegate = new URLSearchParams(location.search).get("delegate") === "GPU" ? "GPU" : "CPU";

/** @type {ImageSegmenter} */
let segmenter;
/** @type {ImageBitmap[]} */
let frames = [];

/**
 * The library owns the mask until the callback ends.
 *
 * @template Seen
 * @param {ImageBitmap} frame
 * @param {(mask: Float32Array, width: number, height: number) => Seen} look
 */
function segment(frame, look) {
  /** @type {Seen | undefined} */
  let seen;
  segmenter.segmentForVideo(frame, performance.now(), ({ confidenceMasks }) => {
    const mask = confidenceMasks?.[0];
    if (mask) seen = look(mask.getAsFloat32Array(), mask.width, mask.height);
  });
  if (seen === undefined) throw new Error("tasks-vision gave no confidence mask");
  return seen;
}

offer({
  async prepare() {
    const fileset = await FilesetResolver.forVisionTasks("/modules/@mediapipe/tasks-vision/wasm");
    segmenter = await ImageSegmenter.createFromOptions(fileset, {
      baseOptions: { modelAssetPath: "/peers/selfie_segmentation_landscape.tflite", delegate },
      runningMode: "VIDEO",
      outputCategoryMask: false,
      outputConfidenceMasks: true,
    });
    return { backend: `tasks-vision ${delegate}`, threads: 1 };
  },
  async stock(order) {
    for (const frame of frames) frame.close();
    frames = /** @type {ImageBitmap[]} */ (await makeFrames({ ...order, kind: "bitmap" }));
  },
  async run() {
    return frames.map((frame) => {
      const start = performance.now();
      segment(frame, (mask) => mask.length);
      const totalMs = performance.now() - start;
      return { totalMs, roundTripMs: totalMs, mainMs: totalMs, stages: {} };
    });
  },
  async person() {
    return segment(frames[frames.length - 1], personOfMask);
  },
});
