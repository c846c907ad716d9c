/** What a frame becomes on its way to the composite, as docs/trace.md says, and the panel that shows it. */

import type { SelfieSegmentationElement } from "./pyselfie.js";

export type TraceStepName =
  | "frame"
  | "model-input"
  | "raw-mask"
  | "smoothing-weight"
  | "refined-mask"
  | "overlay"
  | "composite";

/** One step of a frame's way to the composite. Where there is no array, `note` says why, and the facts are null. */
export interface TraceStep {
  name: TraceStepName;
  label: string;
  note: string;
  /** The steps that it was made from. */
  sources: TraceStepName[];
  /** Milliseconds; null where they are part of another step's: that of `timedWith`. */
  ms: number | null;
  timedWith: TraceStepName | null;
  shape: number[] | null;
  dtype: "uint8" | "float32" | null;
  low: number | null;
  high: number | null;
  /** How many values are no numbers. */
  odd: number | null;
  /** A thumbnail, at most 160 pixels on its longer side. */
  picture: ImageData | null;
}

export interface Trace {
  steps: TraceStep[];
  painter: "webgpu" | "canvas2d";
  /** What has been read back for the trace since it was opened: pictures, and from WebGPU all buffers at a time. */
  readbacks: number;
}

/** All of a step's array. */
export interface TracedArray {
  dtype: "uint8" | "float32";
  /** Height, width and, if there are any, channels. */
  shape: number[];
  /** The values, in C order. */
  data: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** The same as a file of NumPy's. */
  npy: Uint8Array<ArrayBuffer>;
  /** The same to be looked at. */
  picture: ImageData;
  /** How many values of each channel are in each of 64 bins from `low` to `high`. */
  histogram: { low: number; high: number; counts: number[][] };
}

/** What a panel steps through. */
export interface TracePlayback {
  /** Go on by so many frames, back if it's negative. Without it there are no frames to step through. */
  step?: (frames: number) => void;
}

/**
 * Put a trace panel into `section`, closed; its code is loaded now. While it's closed it costs nothing. It uses the
 * element's trace, so a page sets that by `setTrace` or has a panel.
 *
 * @param playback What plays now; asked with each frame.
 * @returns ends it: the panel goes, and nothing is traced for it any more
 */
export function mountTrace(
  section: HTMLElement,
  selfie: SelfieSegmentationElement,
  playback?: () => TracePlayback | null | undefined,
): Promise<() => void>;
