/**
 * The messages between a page and its worker. `pysrc/pyselfie/browser/protocol.py` says the same for the part that Python
 * reads and writes, and a test holds the two equal. All but the worker's own carry the channel that they are for.
 */

export type Frame = ImageBitmap | VideoFrame;

/** To js/worker.js itself: begin. The model's download starts before Python asks for it. */
export interface Boot {
  type: "boot";
  modelSelection?: number;
  /** "raw" or "refined": which file of the model. */
  edges?: string;
  backend: string;
  painter: string;
  /** The last start failed: let the browser's cache be asked nothing. */
  fresh: boolean;
}

/** Give a sign of life. */
export interface Ping {
  type: "ping";
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

export interface Close {
  type: "close";
  channel: number;
}

/**
 * Paint this; answered by `frame` or `dropped`. `isCut`: it has nothing to do with the frame before; `isFirst`: nor with
 * what that frame came from, it is another camera or video; `isPhoto`: no other follows it soon.
 */
export interface ShowFrame {
  type: "frame";
  frame: Frame;
  isCut: boolean;
  isFirst: boolean;
  isPhoto: boolean;
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

/** `source` is Python that defines `name`; null goes back to the options' effect. */
export interface SetCustomEffect {
  type: "custom_effect";
  source: string | null;
  name: string;
}

/** Send each `composite`, too; the source brings a frame every `intervalMs`. */
export interface SetTap {
  type: "tap";
  on: boolean;
  intervalMs: number;
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

export type ToEngine =
  | ShowFrame
  | SetOptions
  | SetBackdrop
  | SetCustomEffect
  | SetTap
  | Reset
  | TakeCanvas
  | AskMask
  | AskClasses
  | AskSnapshot;
export type ToService = Prepare | Segment;
export type ToPython = Ping | Open | OpenService | Close | ToEngine | ToService;
export type ToWorker = Boot | Ping | Open | OpenService | Close | ((ToEngine | ToService) & { channel: number });

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

/** Twice a second, with a painted frame; `stages` are milliseconds over the last frames. */
export interface Stats extends Status, Pacing {
  type: "stats";
  fps: number;
  frames: number;
  stages: Record<string, { median: number; p95: number }>;
  width: number;
  height: number;
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

/** The service's first model is loaded. */
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
  | Loading
  | Repainted
  | WantCanvas
  | ShowCanvas;
export type FromService = ServiceReady | Notice | Failure | Loading;
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

export interface Composite {
  type: "composite";
  frame: Frame;
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

/** What the host of a channel, in js/worker.js, says for Python. */
export type FromHost = Painted | Dropped | Composite | Reply | Downloaded | ModelProgress;

/** A sign of life, and nothing more. */
export interface Alive {
  type: "alive";
}

/** Python has imported what is not here yet: the worker stands still until that has come. */
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

/** What an engine or a service is told, all that concerns its channel and the downloads for all of them. */
export type ToClient = FromPython | FromHost | Progress;
export type FromWorker = FromBoot | ((FromPython | FromHost) & { channel: number });
