/** What `pyselfie/twilio` exports: a processor for Twilio's video tracks. It needs nothing of Twilio's SDK itself. */

import type { SelfieEvents, TrackChanges, TrackOptions } from "./pyselfie.js";

/** Twilio stops, mutes and opens the camera, so there is nothing to say about that. */
export type ProcessorOptions = Omit<TrackOptions, "stopSource" | "releaseWhenMuted">;

export type InputFrame = OffscreenCanvas | HTMLCanvasElement | HTMLVideoElement | VideoFrame;

export type ProcessorEvents = Pick<SelfieEvents, "stats" | "overload" | "notice" | "error">;

/** Fits Twilio's `VideoProcessor`: `videoTrack.addProcessor(new SelfieProcessor({ effect: "blur" }))`. */
export class SelfieProcessor extends EventTarget {
  /** @throws TypeError if an option is unknown, or `site` is no URL. */
  constructor(options?: ProcessorOptions);

  /** Change some options; the next frame has them. */
  setOptions(options: TrackChanges): void;
  /** Begin again after a failure. */
  restart(): Promise<void>;
  /** Let go of the engine, after `removeProcessor`. Added once more, it begins again. */
  stop(): void;

  /** Twilio calls this. */
  processFrame(inputFrameBuffer: InputFrame, outputFrameBuffer: HTMLCanvasElement): Promise<void>;

  addEventListener<K extends keyof ProcessorEvents>(
    type: K,
    listener: (this: SelfieProcessor, event: ProcessorEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
