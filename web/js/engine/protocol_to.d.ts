/** What a page tells its worker. */

import type { Frame } from "./protocol.js";

/** To js/worker.js itself: begin. The model's download starts before Python asks for it. */
export interface Boot {
  type: "boot";
  modelSelection?: number;
  /** "raw" or "refined": which file of the model. */
  edges?: string;
  backend: string;
  painter: string;
  /** JSON: what `gpucheck` messages had to be kept, by their keys. */
  verdicts: string;
  /** The last start failed: let the browser's cache be asked nothing. */
  fresh: boolean;
  /** Where memory is shared: 2 in its first 32 bits ends a user's code. */
  interrupt: SharedArrayBuffer | null;
}

/** Give a sign of life, with this number in it. */
export interface Ping {
  type: "ping";
  number: number;
}

/** To js/worker.js itself: close what holds frames; answered by `ended`. */
export interface End {
  type: "end";
}

/** Begin an engine; `options` are JSON. */
export interface Open {
  type: "open";
  channel: number;
  options: string;
  canvas: OffscreenCanvas;
}

/** Begin a client of the service, which paints nothing; `options` say which model to begin with. */
export interface OpenService {
  type: "open_service";
  channel: number;
  options: string;
}

/** Begin a quality lab, which paints nothing; `options` are JSON and empty. Answered by `ready`. */
export interface OpenLab {
  type: "open_lab";
  channel: number;
  options: string;
}

export interface Close {
  type: "close";
  channel: number;
}

/**
 * Paint this; answered by `frame` or `dropped`. `isCut`: it has nothing to do with the frame before; `isFirst`: nor with
 * what that frame came from, it is another camera or video; `isPhoto`: no other follows it soon;
 * `isBlurred`: the camera itself has blurred the background; `mask`: where the person is, as the camera says: white.
 */
export interface ShowFrame {
  type: "frame";
  frame: Frame;
  isCut: boolean;
  isFirst: boolean;
  isPhoto: boolean;
  isBlurred: boolean;
  mask: ImageBitmap | null;
}

/** JSON, a list: each entry is judged by itself. Answered by `repainted`, as all that has a `lot`. */
export interface SetOptions {
  type: "options";
  changes: string;
  lot: number;
}

export interface SetBackdrop {
  type: "backdrop";
  bitmap: ImageBitmap | null;
  lot: number;
}

/**
 * `source` is Python that defines `name`, or one effect; null goes back to the options' effect. `values`: see below.
 * `number`: the page's, for this text. `ended`: what this text did that ended a worker before, in words that end a
 * sentence; it isn't run.
 */
export interface SetCustomEffect {
  type: "custom_effect";
  source: string | null;
  name: string | null;
  values: string;
  number: number;
  ended: string | null;
}

/** Set controls of that effect; `values` are JSON, by their names. */
export interface SetEffectValues {
  type: "effect_values";
  values: string;
}

/** As an opaque VideoFrame, as one with alpha, or as an ImageBitmap, which has alpha, too. */
export type TapForm = SetTap["form"];

/** Send each `composite`, too; the source brings a frame every `intervalMs`. */
export interface SetTap {
  type: "tap";
  on: boolean;
  form: "frame" | "alpha" | "bitmap";
  intervalMs: number;
}

/** Send a `trace` now and then; "held": keep the last one and send no other. */
export interface SetTrace {
  type: "trace";
  state: "off" | "live" | "held";
}

/** The source changes: forget its last frame. */
export interface Reset {
  type: "reset";
}

/** The answer to the worker's `canvas`. */
export interface TakeCanvas {
  type: "canvas";
  canvas: OffscreenCanvas;
}

/** Answered by `reply`, as all that has a `request`. */
export interface AskMask {
  type: "mask";
  request: number;
}

export interface AskClasses {
  type: "classes";
  request: number;
}

export interface AskSnapshot {
  type: "snapshot";
  request: number;
}

/** All of one step's array of the last `trace`. */
export interface AskTraced {
  type: "traced";
  request: number;
  step: string;
}

/** Load a model. */
export interface Prepare {
  type: "prepare";
  request: number;
  model: number;
}

/** The answer is the picture and its mask, both as bitmaps. */
export interface Segment {
  type: "segment";
  request: number;
  frame: Frame;
  model: number;
  mirror: boolean;
}

/**
 * What will be measured, JSON: `pictures` and `truths`, lists of names, `settings`, two of {model, edges, smoothing}, and
 * `clip`. The answer is JSON: `pairs`, each {name, picture, truth}, the places in those lists, and `problems`, sentences.
 */
export interface PlanLab {
  type: "plan";
  request: number;
  plan: string;
}

/** Measure a picture, or a clip's next frame. `hasPalette`: the truth's file has a palette. The answer is nothing. */
export interface Measure {
  type: "measure";
  request: number;
  name: string;
  picture: Frame;
  truth: Frame | null;
  hasPalette: boolean;
}

/** The answer is JSON: `Comparison.table` in pyselfie/evaluation/comparison.py. */
export interface AskTable {
  type: "table";
  request: number;
  order: string;
  descending: boolean;
}

/** What A and B have made of a picture that was measured: two bitmaps. `kind`: "errors" or "masks". */
export interface AskViews {
  type: "views";
  request: number;
  kind: string;
  name: string;
  picture: Frame;
  truth: Frame | null;
  hasPalette: boolean;
}

/** The table of A, 0, or of B, 1, as text. */
export interface AskCsv {
  type: "csv";
  request: number;
  side: number;
}

export type ToEngine =
  | ShowFrame
  | SetOptions
  | SetBackdrop
  | SetCustomEffect
  | SetEffectValues
  | SetTap
  | SetTrace
  | Reset
  | TakeCanvas
  | AskMask
  | AskClasses
  | AskSnapshot
  | AskTraced;
export type ToService = Prepare | Segment;
export type ToLab = PlanLab | Measure | AskTable | AskViews | AskCsv;
export type ToPython = Ping | Open | OpenService | OpenLab | Close | ToEngine | ToService | ToLab;
export type ToWorker =
  | Boot
  | Ping
  | End
  | Open
  | OpenService
  | OpenLab
  | Close
  | ((ToEngine | ToService | ToLab) & { channel: number });

/** To an isolated worker, before all else: all other messages go through the port that comes along, both ways. */
export interface Line {
  type: "line";
}
