/** What a page gets from `<script type="module" src=".../pyselfie.js">`, or from importing it. */

import type { Backend, Edges, Painter, SelfieProperties, TrackChanges, TrackOptions } from "./pyselfie_options.js";
import type { Trace, TracedArray, TraceStepName } from "./pyselfie_trace.js";

export * from "./pyselfie_editor.js";
export * from "./pyselfie_options.js";
export * from "./pyselfie_trace.js";

/** A failure in one sentence. `action` says what helps: `start()` again ("retry", "restart"), or nothing to do (null). */
export interface SelfieError {
  code: "attribute" | "background" | "engine" | "load" | "model" | "option" | "source" | "worker";
  message: string;
  action: "retry" | "restart" | null;
}

/** What the model "multiclass" tells apart. */
export type ClassName = "background" | "hair" | "body-skin" | "face-skin" | "clothes" | "others";

export interface Milliseconds {
  median: number;
  p95: number;
}

/** What runs, and why. */
export interface Running {
  backend: "webgpu" | "wasm";
  /** Why this backend. */
  reason: string;
  model: string;
  modelSelection: number;
  /** The option's number: another one than `modelSelection` where "auto" has chosen. */
  modelAsked: number;
  /** Why this model. */
  modelReason: string;
  edges: Edges;
  threads: number;
  painter: "webgpu" | "canvas2d";
  painterReason: string;
}

/** What has been measured over the last frames. */
export interface Statistics extends Running {
  fps: number;
  frames: number;
  dropped: number;
  width: number;
  height: number;
  stages: Record<string, Milliseconds>;
  /** How the last frame came in: what the engine has found quickest for frames of its format. */
  wayIn: string;
  /** Where the last frame's mask is from. */
  maskFrom: "model" | "camera";
  /** While a stream is taken: 1 where each frame gets a mask of its own, more where the machine cannot keep up. */
  framesPerMask?: number;
  masksReused?: number;
  /** While a stream is taken: whether edges are plain, as the machine cannot keep up. */
  edgeDropped?: boolean;
  /** Of everything so far. */
  downloadedBytes: number;
}

/** A parameter of an effect in Python: a number has `low`, `high`, `step` and `whole`, a choice its `choices`. */
export interface EffectControl {
  name: string;
  kind: "number" | "flag" | "choice" | "color" | "text";
  default: number | boolean | string;
  low?: number;
  high?: number;
  step?: number;
  whole?: boolean;
  choices?: string[];
  longest?: number;
}

/** What has become of the effect in Python. */
export interface EffectState {
  /** Whether it works at full size, or as an overlay of the mask's size; null: no text could be loaded yet. */
  kind: "effect" | "overlay" | null;
  controls: EffectControl[];
  values: Record<string, number | boolean | string>;
  /** What is wrong with the last text; lines and columns count from 1. */
  error: { message: string; line: number | null; column: number | null } | null;
  /** The text that paints: the newest, the last good one before it, or none. */
  running: "newest" | "before" | null;
  /** What that text costs, in milliseconds a frame: the function, and at full size the way of the pixels to it and back. */
  ms: number | null;
  /** The newest lines, and how many before them are lost. */
  printed: { dropped: number; lines: string[] } | null;
  /** For so many seconds the code has not returned, from 3 on; 0: it has. `stopEffect()` ends it, as 6 s do. */
  stuck: number;
}

export interface SelfieEvents {
  progress: CustomEvent<{ loaded: number; total: number; text: string }>;
  /** A model is being downloaded that comes later than the first one. */
  modelprogress: CustomEvent<{ loaded: number; total: number; text: string }>;
  ready: CustomEvent<Running & { startMs: number }>;
  frame: CustomEvent<{ width: number; height: number; ms: number; dropped: number }>;
  stats: CustomEvent<Statistics>;
  /** Another model runs, or the wanted one could not be had. */
  model: CustomEvent<Running>;
  backendchange: CustomEvent<Running>;
  notice: CustomEvent<{ code: string; message: string }>;
  /** While a stream is taken: masks have been reused for more than 5 s at a stretch. Once per stretch. */
  overload: CustomEvent<{ framesPerMask: number; seconds: number }>;
  /** After `setEffect`: something of the effect has changed, or it has printed. */
  effect: CustomEvent<EffectState>;
  /** After `setTrace("live")`, up to five times a second: what the newest frame has become. */
  trace: CustomEvent<Trace>;
  error: CustomEvent<SelfieError>;
}

/** What `record()` takes. */
export interface RecordOptions {
  /** Left out or null: WebM where the browser has it, else MP4. */
  format?: "webm" | "mp4" | null;
  /** True: the microphone, which the browser asks for; or an audio track, of which a clone is recorded. Default: false. */
  audio?: boolean | MediaStreamTrack;
  /** Whether the file keeps the alpha, as only WebM does. Default: if the effect is "transparent" and the file a WebM. */
  transparent?: boolean | null;
  /** It ends there, to the second. Default: 3600. */
  maxSeconds?: number;
  /** It ends there, to the second. Default: 2e9. */
  maxBytes?: number;
}

/** A recording that has ended. */
export interface Recorded {
  /** All of it; what there was until an error, too. Its `type` says what it is. */
  blob: Blob;
  /** Without the pauses. */
  seconds: number;
  /** Whether it has alpha: not every browser's recorder keeps it. */
  transparent: boolean;
  /** `stop()` was called, a limit was reached, the pictures ended, or the browser's recorder failed. */
  reason: "stopped" | "limit" | "ended" | "error";
  /** One sentence about a limit or an error; else empty. */
  message: string;
}

export interface RecordingProgress {
  state: "recording" | "paused" | "finished";
  seconds: number;
  bytes: number;
}

/** What `record()` gives. Emits `progress` each second and at each change. */
export interface Recording extends EventTarget, Readonly<RecordingProgress> {
  /** Fulfilled when it has ended, whatever ended it; never rejected. */
  readonly finished: Promise<Recorded>;
  pause(): void;
  resume(): void;
  stop(): Promise<Recorded>;

  addEventListener(
    type: "progress",
    listener: (this: Recording, event: CustomEvent<RecordingProgress>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The element's events as templates listen to them: `onready`, `onframe` and so on. */
export type SelfieListeners = { [Name in keyof SelfieEvents as `on${Name}`]?: (event: SelfieEvents[Name]) => void };

/**
 * `<selfie-segmentation>`. Each property reflects the attribute of its name (`modelSelection`: `model-selection`).
 *
 * Parts: `stage`, `canvas`, `placeholder`. States: `loading`, `ready`, `painted`. Custom properties: `--selfie-background`,
 * `--selfie-color` (the placeholder's), `--selfie-fit`, `--selfie-position`. The tag's content is shown until the first composite.
 */
export interface SelfieSegmentationElement extends SelfieProperties {}
export class SelfieSegmentationElement extends HTMLElement {
  /** Start the engine and open the source. It does so by itself when it's in a page and has `src` or `camera`. */
  start(): Promise<void>;
  /** Let go of camera, worker and memory. */
  stop(): void;
  /** The composite as PNG; with alpha where the effect is "transparent". */
  snapshot(): Promise<Blob>;
  /** The composite as a stream, at most `fps` frames a second. */
  captureStream(fps?: number): MediaStream;
  /** Record the composites, from now on. Rejects in one sentence if there is no picture yet, or what is asked for can't be had. */
  record(options?: RecordOptions): Promise<Recording>;
  /** The last mask at the model's size: white, the mask as alpha. */
  getMask(): Promise<ImageData>;
  /** What the model "multiclass" tells apart in the last frame, by name, each like a mask. Other models have no classes. */
  getClasses(): Promise<Record<ClassName, ImageData>>;

  /** False while frames are waiting: don't capture one then, but call `skip()`. */
  readonly wantsFrame: boolean;
  readonly runsHidden: boolean;
  skip(): void;
  /**
   * Show your own frame, after `start()`; the element closes it. `still`: a picture that stays; with `film` it is a paused
   * video's and no photo. `cut`: it has nothing to do with the frame before. Returns false if it was dropped.
   */
  push(frame: ImageBitmap | VideoFrame, kind?: { still?: boolean; film?: boolean; cut?: boolean }): boolean;
  /** The picture behind the person, instead of `background`; the element closes it. */
  setBackdrop(bitmap: ImageBitmap | null): void;
  /**
   * Paint by an effect in Python, as docs/write-an-effect.md says; null goes back to the attribute's. While a text has
   * mistakes, the last good one goes on. It is code: run only what you trust. A `URL`, or one line that ends with `.py`, is
   * the address of a file of this site; the newest call counts, or `effect-src` where that has changed later.
   */
  setEffect(source: string | URL | null): void;
  /** End that effect's code while it is `stuck`: the last good one goes on, and the text isn't run again. */
  stopEffect(): void;
  /** Set parameters of that effect, by their names. */
  setEffectValues(values: Record<string, number | boolean | string>): void;

  /**
   * Tell by `trace` events what frames become, step by step, as docs/trace.md says. "held": keep the last one's arrays and
   * tell of no other. "off": it costs nothing and keeps nothing.
   */
  setTrace(state: "off" | "live" | "held"): void;
  /** All of one step's array of the last `trace`. */
  getTraced(step: TraceStepName): Promise<TracedArray>;

  addEventListener<K extends keyof SelfieEvents>(
    type: K,
    listener: (this: SelfieSegmentationElement, event: SelfieEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export interface ProcessedTrackEvents extends MediaStreamTrackEventMap {
  stats: CustomEvent<TrackMetrics>;
  error: CustomEvent<SelfieError>;
  /** It runs, has failed, or starts again. */
  statechange: CustomEvent<Pick<TrackMetrics, "state">>;
  /** The machine has not kept up for so many seconds: a mask served this many frames. */
  overload: CustomEvent<{ framesPerMask: number; seconds: number }>;
  /** Something to know; nothing failed. */
  notice: CustomEvent<{ code: string; message: string }>;
  /** Something of the effect in Python has changed, or it has printed. */
  effect: CustomEvent<EffectState>;
}

export interface TrackMetrics extends Partial<Running> {
  state: "starting" | "running" | "failed" | "ended";
  fps: number;
  frames: number;
  dropped: number;
  /** 1 where each frame gets a mask of its own, more where the machine cannot keep up. */
  framesPerMask: number;
  masksReused: number;
  /** Where the last frame's mask is from. */
  maskFrom: "model" | "camera";
  /** Whether edges are plain, as the machine cannot keep up. */
  edgeDropped: boolean;
  stages: Record<string, Milliseconds>;
}

/** A track with composites only. It ends with its source. */
export interface ProcessedTrack extends MediaStreamTrack {
  readonly metrics: TrackMetrics;
  /** Change some; the next frame has them. A bad value is an `error` event, and the last good one stays. */
  setOptions(options: TrackChanges): void;
  /** As the element's methods of these names. */
  setEffect(source: string | URL | null): void;
  stopEffect(): void;
  setEffectValues(values: Record<string, number | boolean | string>): void;
  getMask(): Promise<ImageData>;
  getClasses(): Promise<Record<ClassName, ImageData>>;
  /** Begin again after a failure. Rejects with an `AbortError` if the track ends first. */
  restart(): Promise<void>;
  /**
   * Read this camera track from now on; this track goes on. Resolves with its first composite, rejects with an
   * `AbortError` if the track ends or another source comes first.
   */
  replaceSource(track: MediaStreamTrack): Promise<void>;

  addEventListener<K extends keyof ProcessedTrackEvents>(
    type: K,
    listener: (this: ProcessedTrack, event: ProcessedTrackEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** @throws TypeError if it is no running video track, or an option is unknown. */
export function processTrack(track: MediaStreamTrack, options?: TrackOptions): ProcessedTrack;

/** What `useProcessedTrack` of `pyselfie/react` and `pyselfie/vue` takes: the camera is the caller's. */
export type HeldOptions = Omit<TrackOptions, "stopSource" | "releaseWhenMuted">;

/** What `useProcessedTrack` gives. */
export interface HeldTrackState {
  /** Shows grey before it is ready; null while there is no camera. */
  readonly track: ProcessedTrack | null;
  /** Whether the engine runs. */
  readonly ready: boolean;
  /** What went wrong last; null again when something is changed, or what had stopped runs again. */
  readonly error: SelfieError | null;
}

/**
 * Say where pyselfie's files are (js/, vendor/, python/, models/, assets.json), before anything of it is used. Without it they are
 * taken from where pyselfie.js came from; in a bundle, where nothing tells that, from `pyselfie/` beside the page.
 *
 * Another origin will do if it allows this page by CORS. The code of those files runs as the page's own.
 */
export function setSite(url: string | URL): void;

export interface PreloadOptions {
  site?: string;
  backend?: Backend;
  painter?: Painter;
  isolated?: boolean;
  modelSelection?: TrackOptions["modelSelection"];
  edges?: Edges;
  /** Lets go of what is loaded if no element and no track has taken it over yet. */
  signal?: AbortSignal;
}

/**
 * Load everything, without painting anything: Python runs and the model is ready. What is loaded waits for the first element
 * or track with the same settings, and ends with the last of them, or by `signal`.
 */
export function preload(options?: PreloadOptions): Promise<void>;

/**
 * Keep all of pyselfie's files in this browser by a service worker, so that this page's picture works without a network;
 * the page has to lie in their folder or below. Resolves when they are kept. Newer versions are taken when all pages that
 * use them have been closed.
 *
 * @throws TypeError if the page lies elsewhere, Error if the browser can't keep them. The page goes on in both cases.
 */
export function registerOffline(): Promise<void>;

export interface SupportOptions {
  site?: string;
  backend?: Backend;
}

export interface Support {
  /** Nothing is missing that the engine needs. */
  supported: boolean;
  /** What will be tried first; the event `ready` says what runs, and why. */
  backend: "webgpu" | "wasm";
  /** The WebGPU adapter, or that there is none. */
  reason: string;
  /** Threads that WebAssembly may use: more than one only where the page is cross-origin isolated. */
  threads: number;
  isolated: boolean;
  /** Whether a page may ask for a camera here, not whether there is one. */
  camera: boolean;
  /** How tracks get through: frame by frame, also in a hidden tab, or over a canvas. */
  tracks: "frames" | "canvas";
  missing: { feature: "worker" | "wasm" | "wasm-policy" | "wasm-simd" | "offscreen-canvas" | "camera"; sentence: string }[];
}

/** What this browser can do, before anything is loaded but a small worker that looks. */
export function support(options?: SupportOptions): Promise<Support>;

declare global {
  interface HTMLElementTagNameMap {
    "selfie-segmentation": SelfieSegmentationElement;
  }
}
