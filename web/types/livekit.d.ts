/** What `pyselfie/livekit` exports: a processor for LiveKit's camera tracks. It needs nothing of LiveKit's SDK itself. */

import type { ProcessedTrack, ProcessedTrackEvents, TrackChanges, TrackOptions } from "./pyselfie.js";

/** LiveKit stops, mutes and opens the camera, so there is nothing to say about that. */
export type ProcessorOptions = Omit<TrackOptions, "stopSource" | "releaseWhenMuted">;

/** Fits LiveKit's `TrackProcessor`: `await videoTrack.setProcessor(new SelfieProcessor({ effect: "blur" }))`. */
export class SelfieProcessor extends EventTarget {
  /** @throws TypeError if an option is unknown. */
  constructor(options?: ProcessorOptions);

  name: string;
  /** While it is on a track. */
  processedTrack?: ProcessedTrack;

  /** Change some options; the next frame has them. */
  setOptions(options: TrackChanges): void;

  /** LiveKit calls these. */
  init(options: { track: MediaStreamTrack }): Promise<void>;
  restart(options: { track: MediaStreamTrack }): Promise<void>;
  destroy(): Promise<void>;

  addEventListener<K extends "stats" | "overload" | "notice" | "error">(
    type: K,
    listener: (this: SelfieProcessor, event: ProcessedTrackEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
