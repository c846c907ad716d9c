// From a playing video or a camera track to frames for the engine, as cheaply as the browser allows on the main thread.
// Nothing here reads a pixel: a frame is taken as a handle and passed on, and the worker does the rest.

import { PlatformEffects } from "./platform_effects.js";

/** How long a camera that is let go of gets for one more frame. */
const LAST_FRAME_MS = 2000;
/** A video that begins anew seeks, too. */
const JUMPS = ["seeking", "seeked"];

/**
 * @typedef {object} Sink  What a source needs of the engine.
 * @property {boolean} wantsFrame
 * @property {(frame: ImageBitmap|VideoFrame, kind?: {still?: boolean, film?: boolean, cut?: boolean, first?: boolean, blurred?: boolean, mask?: ImageBitmap}) => boolean} push
 *   `cut`: it has nothing to do with the frame before; `first`: it is from another camera or video than that; `blurred`: the
 *   camera itself has blurred the background; `mask`: where the person is, as the camera says; its ownership passes, too
 * @property {() => void} skip
 * @property {boolean} [runsHidden] wants frames in a hidden tab, too
 * @property {string | null} [platformBlur] "off": a camera is asked not to blur the background itself
 * @property {string | null} [maskSource] "auto": a camera is asked for masks
 */

/**
 * @param {MediaStreamTrack} track
 * @param {Sink} sink
 * @param {(sentence: string) => void} [tell] what the camera does that isn't wanted
 * @returns {() => Promise<void>} Ends the capture; the track is the caller's, to be stopped only when the promise settles.
 */
export function captureTrack(track, sink, tell = () => {}) {
  const effects = new PlatformEffects(track, sink, tell);
  const capture = "MediaStreamTrackProcessor" in globalThis ? readTrack : playTrack;
  const stop = capture(track, sink, effects);
  return () => {
    effects.close();
    return stop();
  };
}

/**
 * Chromium loses a frame that was on its way when the reader is cancelled or the track stopped, and once a camera's few
 * frames are lost, it sends this page no more. So the reader goes when it has got one more frame.
 *
 * @param {MediaStreamTrack} track
 * @param {Sink} sink
 * @param {PlatformEffects} effects
 */
function readTrack(track, sink, effects) {
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  let stopped = false;
  let first = true;
  const pump = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (stopped) return value.close();
      if (document.hidden && !sink.runsHidden) value.close();
      else {
        sink.push(value, { cut: first, first, ...effects.of(value) });
        first = false;
      }
    }
  };
  // A reader fails when its track dies; the track's own `ended` event tells the page.
  const pumped = pump().catch(() => {});
  return async () => {
    stopped = true;
    if (!track.muted) await Promise.race([pumped, new Promise((done) => setTimeout(done, LAST_FRAME_MS))]);
    reader.cancel().catch(() => {});
  };
}

/**
 * @param {MediaStreamTrack} track
 * @param {Sink} sink
 * @param {PlatformEffects} effects
 */
function playTrack(track, sink, effects) {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  // Refused only where even muted video may not start by itself; there is no picture to capture then.
  video.play().catch(() => {});
  const stop = captureVideo(video, sink, effects);
  return async () => {
    stop();
    video.srcObject = null;
  };
}

/**
 * @param {HTMLVideoElement} video
 * @param {Sink} sink
 * @param {PlatformEffects} [effects] of the camera that it shows
 * @returns {() => void} Ends the capture; the video is the caller's.
 */
export function captureVideo(video, sink, effects) {
  let stopped = false;
  let first = true;
  let cut = true;
  const onJump = () => {
    cut = true;
  };
  for (const type of JUMPS) video.addEventListener(type, onJump);
  const take = frameTaker(video);
  /** @param {number} _ @param {VideoFrameCallbackMetadata} [shown] */
  const onFrame = async (_, shown) => {
    if (stopped) return;
    if ((!document.hidden || sink.runsHidden) && !video.paused) {
      const frame = sink.wantsFrame ? await take(shown?.mediaTime ?? video.currentTime) : null;
      if (stopped) frame?.close();
      else if (frame) {
        sink.push(frame, { cut, first, ...effects?.of(frame) });
        first = false;
        cut = video.seeking; // a picture from before the jump may still come
      } else sink.skip();
    }
    next(video, onFrame);
  };
  next(video, onFrame);
  return () => {
    stopped = true;
    for (const type of JUMPS) video.removeEventListener(type, onJump);
  };
}

/**
 * @param {HTMLVideoElement} video
 * @param {(now: number, shown?: VideoFrameCallbackMetadata) => void} callback `shown` says which frame, where the browser can
 */
function next(video, callback) {
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(callback);
  else requestAnimationFrame((now) => callback(now));
}

/**
 * A `VideoFrame` costs the main thread a tenth of what an `ImageBitmap` does (0.4 against 4.7 ms for 720p in Chromium).
 * It is given its time in seconds, as Firefox 153 counts whole seconds where microseconds are meant.
 *
 * @param {HTMLVideoElement} video
 * @returns {(time: number) => Promise<VideoFrame | ImageBitmap | null>} Null when there is no picture just now.
 */
function frameTaker(video) {
  let frames = "VideoFrame" in globalThis;
  return async (time) => {
    try {
      return frames ? new VideoFrame(video, { timestamp: Math.round(1e6 * time) }) : await createImageBitmap(video);
    } catch {
      // Between two files there is no picture to take; but with one, this browser cannot take it in this way.
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) frames = false;
      return null;
    }
  };
}

/**
 * Take the picture that the video shows now, as a still that effects can be tried on.
 *
 * @param {HTMLVideoElement} video
 * @param {Sink} sink
 * @param {() => boolean} isWanted
 */
export async function captureStill(video, sink, isWanted) {
  const bitmap = await createImageBitmap(video).catch(() => null);
  if (bitmap && isWanted()) sink.push(bitmap, { still: true, film: true });
  else bitmap?.close();
}
