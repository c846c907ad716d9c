/**
 * The API of @mediapipe/selfie_segmentation 0.1.1675465747, and what pyselfie takes besides.
 * Programs written against the original's declarations compile against these without a change.
 */

/** The version of @mediapipe/selfie_segmentation whose API this is. */
export const VERSION: string;

/** What can be segmented. The original takes the first three; `VideoFrame` and `ImageBitmap` stay the caller's. */
export type InputImage =
  | HTMLVideoElement
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame;

export interface InputMap {
  image: InputImage;
}

/** The original's name for what a canvas can draw; ours are always the last. */
export type GpuBuffer = HTMLCanvasElement | HTMLImageElement | ImageBitmap;

/** Both have the input's size in pixels; the listener's to keep, and to `close()` if it likes. */
export interface Results {
  /** The frame, mirrored in selfie mode. */
  image: ImageBitmap;
  /** The mask: red, with the person's probability as alpha. */
  segmentationMask: ImageBitmap;
}

/** They take effect at the next `send`. */
export interface Options {
  /** Mirror the frame left to right before it is segmented; false to begin with. */
  selfieMode?: boolean;
  /** 0: general model (256x256), to begin with; 1: landscape model (256x144). */
  modelSelection?: number;
}

export type ResultsListener = (results: Results) => Promise<void> | void;

export interface SelfieSegmentationConfig {
  /**
   * Says where pyselfie's files are; asked once, for `js/worker.js`. All other files are taken from where that one is.
   * Without it they are where `setSite` of "pyselfie" says, or where the library came from.
   *
   * @param path The file, relative to the folder of pyselfie's files.
   * @param prefix The URL of the folder from which the library was loaded, with the slash at its end.
   * @returns URL of the file, absolute or relative to the page; another origin has to allow this page by CORS.
   */
  locateFile?: (path: string, prefix?: string) => string;
}

export interface SelfieSegmentationInterface {
  close(): Promise<void>;
  onResults(listener: ResultsListener): void;
  initialize(): Promise<void>;
  reset(): void;
  send(inputs: InputMap): Promise<void>;
  setOptions(options: Options): void;
}

/** Separates people from the background; all of a page share a worker. Every failure arrives as a rejected promise. */
export class SelfieSegmentation implements SelfieSegmentationInterface {
  constructor(config?: SelfieSegmentationConfig);

  /** End it, and the worker with the last of them. Frames under way are rejected, and so is every later call. */
  close(): Promise<void>;

  /** Have results handed to this listener, and no longer to the one before. */
  onResults(listener: ResultsListener): void;

  /** Load everything that the options ask for; the first `send` does so if nobody did before. */
  initialize(): Promise<void>;

  /** Forget what earlier frames have left behind. The options stay, as in the original. */
  reset(): void;

  /**
   * Segment one frame. Resolves when the listener has had the results and, if it is async, is done with them.
   * Frames sent meanwhile wait their turn; results come in the order of the calls.
   */
  send(inputs: InputMap): Promise<void>;

  /** Change options. A wrong one is refused by the next call that returns a promise; the options stay as they were. */
  setOptions(options: Options): void;
}
