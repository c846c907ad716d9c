// The row of sources: which one is on, the list of cameras, the pause of a video, and what is being opened.

import { byId } from "../dom.js";
import { listCameras } from "../sources/camera.js";

/** @typedef {import("../sources/sources.js").Source} Source */

/** Emits `camera` {deviceId}, `stop` (the camera) and `sample`. */
export class SourceBar extends EventTarget {
  #camera = byId("camera-button", HTMLButtonElement);
  #cameraLabel = byId("camera-label", HTMLSpanElement);
  #file = byId("file-button", HTMLButtonElement);
  #sample = byId("sample-button", HTMLButtonElement);
  #play = byId("play-button", HTMLButtonElement);
  #playLabel = byId("play-label", HTMLSpanElement);
  #picker = byId("camera-picker", HTMLLabelElement);
  #select = byId("camera-select", HTMLSelectElement);
  #caption = byId("caption", HTMLSpanElement);
  #opening = byId("opening", HTMLParagraphElement);
  /** @type {Source | null} */
  #source = null;
  #cameraIsOn = false;

  constructor() {
    super();
    this.#camera.addEventListener("click", () => this.#onCamera());
    this.#sample.addEventListener("click", () => this.dispatchEvent(new Event("sample")));
    this.#play.addEventListener("click", () => this.#source?.playback?.toggle());
    this.#select.addEventListener("change", () => this.#emitCamera(this.#select.value));
    navigator.mediaDevices?.addEventListener("devicechange", () => {
      if (!this.#picker.hidden) void this.#listCameras();
    });
  }

  /** @param {string} what  Empty: nothing is being opened. */
  opening(what) {
    this.#opening.textContent = what;
  }

  /** @param {Source} source */
  show(source) {
    this.#source = source;
    this.#setCamera(source.kind === "camera");
    mark(this.#file, source.kind === "photo" || source.kind === "video");
    mark(this.#sample, source.kind === "sample");
    this.#caption.textContent = source.name;
    this.#play.hidden = !source.playback;
    this.#showPlaying();
    if (source.playback) source.playback.onchange = () => this.#showPlaying();
  }

  /** The camera went away; its last picture stays, and another camera can be chosen. */
  cameraLost() {
    this.#setCamera(false);
    this.#picker.hidden = false;
  }

  /** @param {boolean} on */
  #setCamera(on) {
    this.#cameraIsOn = on;
    mark(this.#camera, on);
    this.#cameraLabel.textContent = on ? "Stop camera" : "Camera";
    this.#picker.hidden = !on;
    if (on || this.#source?.kind === "camera") void this.#listCameras();
  }

  #onCamera() {
    if (this.#cameraIsOn) this.dispatchEvent(new Event("stop"));
    else this.#emitCamera("");
  }

  async #listCameras() {
    const present = this.#cameraIsOn ? (this.#source?.deviceId ?? "") : "";
    const options = (await listCameras()).map(
      (camera, index) => new Option(camera.label || `Camera ${index + 1}`, camera.deviceId),
    );
    if (!present) options.unshift(new Option("Choose a camera", ""));
    this.#select.replaceChildren(...options);
    this.#select.value = present;
  }

  #showPlaying() {
    const paused = this.#source?.playback?.paused ?? false;
    this.#play.dataset.playing = String(!paused);
    this.#playLabel.textContent = paused ? "Play" : "Pause";
  }

  /** @param {string} deviceId */
  #emitCamera(deviceId) {
    this.dispatchEvent(new CustomEvent("camera", { detail: { deviceId } }));
  }
}

/**
 * @param {HTMLElement} button
 * @param {boolean} on
 */
function mark(button, on) {
  if (on) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}
