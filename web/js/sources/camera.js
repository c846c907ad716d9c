// The camera as a source, the list of cameras, and a sentence for each way in which a camera can fail.

import { captureTrack } from "./capture.js";
import { SourceError } from "./sources.js";

/** @typedef {import("./capture.js").Sink} Sink */
/** @typedef {import("./sources.js").Source} Source */

const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

const MUTED =
  "The camera sends no picture at the moment: see whether it is switched off or another program uses it; the picture goes on by itself.";
const UNMUTED = "The camera sends pictures again.";

/** @type {Record<string, string>} */
const SENTENCES = {
  NotAllowedError:
    "The camera is not allowed on this page: allow it in the browser's site settings (the icon beside the address), then press Camera again.",
  SecurityError:
    "The browser's or the site's policy forbids the camera on this page: use a photo or a video file instead.",
  NotFoundError: "No camera was found: connect one and press Camera again, or open a photo or a video.",
  OverconstrainedError: "That camera is no longer there: choose another one from the list.",
  NotReadableError:
    "The camera cannot be read, probably because another program uses it: close that program and press Camera again.",
  AbortError: "The camera stopped while it was being opened: press Camera again.",
};

/**
 * @param {unknown} error
 * @returns {SourceError}
 */
function explain(error) {
  const name = error instanceof Error ? error.name : "";
  const fallback = `The camera could not be opened (${String(error)}): press Camera again, or open a photo or a video.`;
  return new SourceError(SENTENCES[name] ?? fallback);
}

/**
 * @param {string} which  A device id, "user" or "environment" (which way it faces); empty: rather the one that faces the user.
 * @returns {MediaTrackConstraints}
 */
function choiceOf(which) {
  if (which === "") return { facingMode: "user" };
  if (which === "user" || which === "environment") return { facingMode: which };
  return { deviceId: { exact: which } };
}

/**
 * @param {string} which  See `choiceOf`.
 * @returns {Promise<MediaStream>}
 */
async function openStream(which) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SourceError(
      "Browsers give the camera to secure pages only: open this page over https:// or at http://localhost.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...WANTED, ...choiceOf(which) } });
  } catch (error) {
    throw explain(error);
  }
}

/**
 * Open a camera where another one may run: most phones open one at a time, so that one goes before this one comes.
 *
 * @param {string} which  See `choiceOf`.
 * @param {import("./sources.js").Sources} sources
 * @param {AbortSignal} signal
 * @param {() => void} [onClosed] the other one had to go
 */
export async function exchangeCamera(which, sources, signal, onClosed = () => {}) {
  try {
    return await openCamera(which, signal);
  } catch (error) {
    if (signal.aborted || sources.current?.kind !== "camera") throw error;
    onClosed();
    await sources.current.close();
    return openCamera(which, signal);
  }
}

/**
 * @param {string} which  See `choiceOf`.
 * @param {AbortSignal} signal
 * @returns {Promise<Source>}
 */
async function openCamera(which, signal) {
  const stream = await openStream(which);
  const [track] = stream.getVideoTracks();
  const source = new CameraSource(stream, track);
  if (signal.aborted) void source.close();
  return source;
}

/** @returns {Promise<MediaDeviceInfo[]>} Cameras; before the permission the browser hides their names. */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === "videoinput" && device.deviceId !== "");
}

class CameraSource {
  kind = /** @type {const} */ ("camera");
  notice = "";
  #stream;
  #track;
  #stop = async () => {};
  #closed = false;

  /**
   * @param {MediaStream} stream
   * @param {MediaStreamTrack} track
   */
  constructor(stream, track) {
    this.#stream = stream;
    this.#track = track;
    this.name = track.label || "Camera";
    const { deviceId = "", frameRate } = track.getSettings();
    this.deviceId = deviceId;
    this.rate = frameRate;
  }

  /**
   * @param {Sink} sink
   * @param {(sentence: string) => void} onFault
   * @param {(muted: boolean, sentence: string) => void} onMuted
   * @param {(sentence: string) => void} onNotice
   */
  start(sink, onFault, onMuted, onNotice) {
    this.#track.addEventListener("ended", () => {
      if (this.#closed) return;
      onFault(`The camera “${this.name}” was disconnected: connect it again or choose another one.`);
    });
    this.#track.addEventListener("mute", () => onMuted(true, MUTED));
    this.#track.addEventListener("unmute", () => onMuted(false, UNMUTED));
    if (this.#track.muted) onMuted(true, MUTED);
    this.#stop = captureTrack(this.#track, sink, onNotice);
  }

  async close() {
    this.#closed = true;
    await this.#stop();
    for (const track of this.#stream.getTracks()) track.stop();
  }
}
