/** What a page gets from `<script type="module" src=".../pyselfie.js">`, or from importing it. */

export type Effect = "fill" | "mask" | "color" | "picture" | "blur" | "transparent";
export type Backend = "auto" | "webgpu" | "wasm";
export type Painter = "auto" | "webgpu" | "canvas2d";

/** A failure in one sentence. `action` says what helps: `start()` again ("retry", "restart"), or nothing to do (null). */
export interface SelfieError {
  code: "attribute" | "background" | "engine" | "load" | "model" | "option" | "source" | "worker";
  message: string;
  action: "retry" | "restart" | null;
}

export interface Milliseconds {
  median: number;
  p95: number;
}

export interface Running {
  backend: "webgpu" | "wasm";
  /** Why this backend. */
  reason: string;
}

/** What has been measured over the last frames. */
export interface Statistics extends Running {
  fps: number;
  frames: number;
  dropped: number;
  width: number;
  height: number;
  stages: Record<string, Milliseconds>;
  /** While a stream is taken: 1 where each frame gets a mask of its own, more where the machine cannot keep up. */
  framesPerMask?: number;
  masksReused?: number;
}

export interface SelfieEvents {
  progress: CustomEvent<{ loaded: number; total: number; text: string }>;
  ready: CustomEvent<Running & { model: string; threads: number; startMs: number }>;
  frame: CustomEvent<{ width: number; height: number; ms: number; dropped: number }>;
  stats: CustomEvent<Statistics>;
  model: CustomEvent<Running & { model: string; modelSelection: number }>;
  backendchange: CustomEvent<Running>;
  notice: CustomEvent<{ code: string; message: string }>;
  /** While a stream is taken: masks have been reused for more than 5 s at a stretch. Once per stretch. */
  overload: CustomEvent<{ framesPerMask: number; seconds: number }>;
  error: CustomEvent<SelfieError>;
}

/**
 * `<selfie-segmentation>`. Each property reflects the attribute of its name (`modelSelection`: `model-selection`).
 *
 * Parts: `stage`, `canvas`, `placeholder`. States: `loading`, `ready`, `painted`. Custom properties: `--selfie-background`,
 * `--selfie-color` (the placeholder's), `--selfie-fit`, `--selfie-position`. What stands in the tag is shown until the first composite.
 */
export class SelfieSegmentationElement extends HTMLElement {
  /** URL of a photo or a video; from another origin it needs CORS. */
  src: string | null;
  /** A device id, "user" or "environment"; "" is the usual camera. It is asked for at once; null: no camera. */
  camera: string | null;
  /** "blur" unless `background` says otherwise. */
  effect: string | null;
  /** A CSS colour, or the URL of a picture or video. */
  background: string | null;
  /** Of the blur, 0..1. */
  strength: number;
  /** 0 or "general", 1 or "landscape". */
  modelSelection: string | number | null;
  mirror: boolean;
  backend: string | null;
  painter: string | null;
  paused: boolean;
  /** As CSS `object-fit`. */
  fit: string | null;

  /** Boot the engine and open the source. By itself it does so when it is in a page and has `src` or `camera`. */
  start(): Promise<void>;
  /** Let go of camera, worker and memory. */
  stop(): void;
  /** The composite as PNG; with alpha where the effect is "transparent". */
  snapshot(): Promise<Blob>;
  /** The composite as a stream, at most `fps` frames a second. */
  captureStream(fps?: number): MediaStream;
  /** The last mask at the model's size: white, the mask as alpha. */
  getMask(): Promise<ImageData>;

  /** False while frames are waiting: then capture none, and call `skip()`. */
  readonly wantsFrame: boolean;
  readonly runsHidden: boolean;
  skip(): void;
  /** Show a frame of one's own, after `start()`; its ownership passes. `still`: a picture that stays. Returns false if it was dropped. */
  push(frame: ImageBitmap | VideoFrame, kind?: { still?: boolean }): boolean;
  /** The picture behind the person, in place of `background`; its ownership passes. */
  setBackdrop(bitmap: ImageBitmap | null): void;

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

export interface TrackOptions {
  effect?: string;
  /** A CSS colour, or the URL of a picture or video. */
  background?: string;
  strength?: number;
  mirror?: boolean;
  modelSelection?: number;
  /** Only when the processing begins. */
  backend?: Backend;
  painter?: Painter;
  /** What the far end sees when the engine fails: the last composite, or a grey picture. Never the camera. */
  onFailure?: "freeze" | "placeholder";
}

export interface TrackMetrics extends Partial<Running> {
  state: "starting" | "running" | "failed" | "ended";
  fps: number;
  frames: number;
  dropped: number;
  /** 1 where each frame gets a mask of its own, more where the machine cannot keep up. */
  framesPerMask: number;
  masksReused: number;
  stages: Record<string, Milliseconds>;
}

/** A track with composites only. It ends with its source, and `stop()` stops both. Emits `stats` and `error`, too. */
export interface ProcessedTrack extends MediaStreamTrack {
  readonly metrics: TrackMetrics;
  /** Change some; the next frame has them. A bad value is told by `error` and the last good one stays. */
  setOptions(options: Omit<TrackOptions, "backend" | "painter" | "onFailure">): void;
  /** Begin again after a failure. */
  restart(): Promise<void>;
}

/** @throws TypeError if it is no running video track, or an option is unknown. */
export function processTrack(track: MediaStreamTrack, options?: TrackOptions): ProcessedTrack;

declare global {
  interface HTMLElementTagNameMap {
    "selfie-segmentation": SelfieSegmentationElement;
  }
}
