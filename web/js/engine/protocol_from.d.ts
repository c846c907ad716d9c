/** What a worker tells its page. */

import type { Frame } from "./protocol.js";

/** What runs, and why. */
export interface Status {
  backend: string;
  reason: string;
  model: string;
  modelSelection: number;
  /** As the option was: the number of `auto` where the engine has chosen. */
  modelAsked: number;
  modelReason: string;
  edges: string;
  threads: number;
  painter: string;
  painterReason: string;
}

/** The first model is loaded: frames are painted from now on. */
export interface Ready extends Status {
  type: "ready";
}

/** Another model runs, or the wanted one could not be had. */
export interface ModelChanged extends Status {
  type: "model";
}

/** Something failed and something else goes on. */
export interface BackendChanged extends Status {
  type: "backendchange";
}

/** Only while there is a tap. */
export interface Pacing {
  framesPerMask?: number;
  masksReused?: number;
  edgeDropped?: boolean;
}

/** Twice a second, with a painted frame; `stages` are milliseconds over the last frames, `wayIn` says how the last one
 * was converted: the browser's name of that, or “none”. */
export interface Stats extends Status, Pacing {
  type: "stats";
  fps: number;
  frames: number;
  stages: Record<string, { median: number; p95: number }>;
  width: number;
  height: number;
  wayIn: string;
  maskFrom: "model" | "camera";
}

/** For so many seconds the model has been too slow for the tap's frame rate. */
export interface Overload {
  type: "overload";
  framesPerMask: number;
  seconds: number;
}

export interface Notice {
  type: "notice";
  code: string;
  message: string;
}

/** `action` is what the user can do about it; null where the engine goes on. */
export interface Failure {
  type: "error";
  code: string;
  message: string;
  action: "retry" | "restart" | null;
}

/** What has become of the effect in Python: `state` is JSON as `LiveEffect.as_dict` says, `printed` that of a `Lot`. */
export interface EffectState {
  type: "effect";
  state: string;
  printed: string | null;
}

/** The text of that number is the last one whose effect has returned a picture. */
export interface EffectGood {
  type: "effect_good";
  number: number;
}

/** A model is being prepared, during which the worker may be silent. */
export interface Loading {
  type: "loading";
  on: boolean;
}

/** The page's changes up to this lot are on the canvas. */
export interface Repainted {
  type: "repainted";
  lot: number;
}

/** Another painter needs another canvas. */
export interface WantCanvas {
  type: "canvas";
}

/** That canvas has its first composite. */
export interface ShowCanvas {
  type: "show";
}

/**
 * For the page to keep below this key, "" for nothing: what is known of the GPU. `ifItDies` takes its place if the worker
 * ends before the next one comes.
 */
export interface GpuChecked {
  type: "gpucheck";
  key: string;
  entry: string;
  ifItDies: string | null;
}

/** The service's first model is loaded, or the lab is there. */
export interface ServiceReady {
  type: "ready";
  backend: string;
  reason: string;
}

export type FromEngine =
  | Ready
  | ModelChanged
  | BackendChanged
  | Stats
  | Overload
  | Notice
  | Failure
  | EffectState
  | EffectGood
  | Loading
  | Repainted
  | WantCanvas
  | ShowCanvas
  | GpuChecked;
export type FromService = ServiceReady | Notice | Failure | Loading | GpuChecked;
export type FromPython = FromEngine | FromService;

/** A frame was painted, which took so many milliseconds. */
export interface Painted {
  type: "frame";
  width: number;
  height: number;
  ms: number;
}

/** A frame was not painted. */
export interface Dropped {
  type: "dropped";
}

/** `timestamp`: of the frame that it was made of, in microseconds, if that had one and a bitmap comes, which has none. */
export interface Composite {
  type: "composite";
  frame: Frame;
  timestamp?: number;
}

/**
 * What the newest frame has become: each step as `pyselfie.core.trace.report` says, with a thumbnail if it has an array;
 * `readbacks` are all since the trace was opened.
 */
export interface Traced {
  type: "trace";
  steps: { name: string; picture: ImageData | null }[];
  painter: string;
  readbacks: number;
}

/** Either a value or why there is none. */
export interface Reply {
  type: "reply";
  request: number;
  value?: unknown;
  error?: string;
}

/** Bytes over the wire so far. */
export interface Downloaded {
  type: "downloaded";
  bytes: number;
}

/** Bytes of a model that has come later than the first download. */
export interface ModelProgress {
  type: "modelprogress";
  loaded: number;
  total: number;
  text: string;
}

/** The code of the page's text of that number runs now: whatever the worker says next, it says when that has returned. */
export interface EffectRuns {
  type: "effect_runs";
  number: number;
}

/** What the host of a channel, in js/worker.js, says for Python. */
export type FromHost = Painted | Dropped | Composite | Traced | Reply | Downloaded | ModelProgress | EffectRuns;

/** A sign of life, and nothing more. `ping`: the number of the one that it answers. */
export interface Alive {
  type: "alive";
  ping?: number;
}

/** Python has imported what is not here yet: the worker stands still until that has come, and then says `alive`. */
export interface Fetching {
  type: "fetching";
}

/** Python reads messages from now on. */
export interface Booted {
  type: "booted";
}

/** Bytes of the downloads, of one model's later on; `text` says what is being done. */
export interface Progress {
  type: "progress";
  loaded: number;
  total: number;
  text: string;
}

/** What the worker says for itself; `error` ends it. */
export type FromBoot = Alive | Fetching | Booted | Progress | Failure;

/** To an owner that has sent `end`: no frame is left. */
export interface Ended {
  type: "ended";
}

/** What an engine or a service is told, all that concerns its channel and the downloads for all of them. */
export type ToClient = FromPython | FromHost | Progress;

/** An isolated worker's: give me this file of the site's list. The answer comes through the port that comes along. */
export interface Want {
  type: "want";
  path: string;
  cache?: RequestCache;
}

export type FromWorker = FromBoot | ((FromPython | FromHost) & { channel: number });
