/** What `pyselfie/jitsi` exports: an effect for lib-jitsi-meet's camera tracks. It needs nothing of that library itself. */

import type { ProcessedTrack, ProcessedTrackEvents, TrackChanges, TrackOptions } from "./pyselfie.js";

/** Jitsi stops, mutes and opens the camera, so there is nothing to say about that. */
export type EffectOptions = Omit<TrackOptions, "stopSource" | "releaseWhenMuted">;

/** What the effect asks of a `JitsiLocalTrack`. */
export interface JitsiTrack {
  isVideoTrack(): boolean;
  videoType?: string | null;
}

/** Fits lib-jitsi-meet's `IStreamEffect`: `await localTrack.setEffect(new SelfieEffect({ effect: "blur" }))`. */
export class SelfieEffect extends EventTarget {
  /** @throws TypeError if an option is unknown. */
  constructor(options?: EffectOptions);

  /** While it is on a track. */
  processedTrack?: ProcessedTrack;

  /** Change some options; the next frame has them. */
  setOptions(options: TrackChanges): void;

  /** Jitsi calls these. */
  isEnabled(track: JitsiTrack): boolean;
  startEffect(stream: MediaStream): MediaStream;
  stopEffect(): void;

  addEventListener<K extends "stats" | "overload" | "notice" | "error">(
    type: K,
    listener: (this: SelfieEffect, event: ProcessedTrackEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}
