// The record button: begins, pauses and ends a recording, shows how long it is, and offers the file, whatever ended it.

import { byId, on } from "../dom.js";
import { recordable } from "../recording/wanted.js";
import { saveFile, stamped } from "../save_file.js";
import { megabytes } from "./status.js";

/** @typedef {import("../../types/pyselfie.js").Recording} Recording */
/** @typedef {import("../../types/pyselfie.js").Recorded} Recorded */

const TITLES = { webm: "WebM", mp4: "MP4" };
/** @type {Partial<Record<Recorded["reason"], string>>} */
const ENDS = { ended: "The recording has ended with its picture." };

/** Have the browser ask whether to leave. @param {Event} event */
function holdBack(event) {
  event.preventDefault();
}

export class Recorder {
  #stage;
  #messages;
  #box = byId("recorder", HTMLDivElement);
  #button = byId("record-button", HTMLButtonElement);
  #label = byId("record-label", HTMLSpanElement);
  #pause = byId("record-pause-button", HTMLButtonElement);
  #pauseLabel = byId("record-pause-label", HTMLSpanElement);
  #formats = byId("record-format", HTMLSelectElement);
  #sound = byId("record-sound", HTMLInputElement);
  #progress = byId("record-progress", HTMLElement);
  /** @type {Recording | null} */
  #recording = null;
  #isBeginning = false;

  /**
   * @param {import("../../pyselfie.js").SelfieSegmentationElement} stage
   * @param {import("./messages.js").Messages} messages
   */
  constructor(stage, messages) {
    this.#stage = stage;
    this.#messages = messages;
    const formats = recordable();
    this.#box.hidden = formats.length === 0;
    this.#formats.append(...formats.map((format) => new Option(TITLES[format], format)));
    this.#button.addEventListener("click", () => (this.#recording ? void this.#recording.stop() : void this.#begin()));
    this.#pause.addEventListener("click", () => this.#togglePause());
    this.#show("finished");
  }

  /** There is something to record. */
  enable() {
    this.#button.disabled = false;
  }

  async #begin() {
    if (this.#isBeginning) return; // the microphone's question is open; a disabled button would lose the focus
    this.#isBeginning = true;
    for (const topic of ["recording", "alpha"]) this.#messages.clear(topic);
    try {
      const format = /** @type {"webm" | "mp4"} */ (this.#formats.value);
      const wantsAlpha = this.#stage.effect === "transparent" && format === "webm";
      this.#follow(await this.#stage.record({ format, audio: this.#sound.checked }), wantsAlpha);
    } catch (error) {
      this.#messages.show("recording", error instanceof Error ? error.message : String(error));
    } finally {
      this.#isBeginning = false;
    }
  }

  /** @param {Recording} recording @param {boolean} wantsAlpha */
  #follow(recording, wantsAlpha) {
    this.#recording = recording;
    addEventListener("beforeunload", holdBack); // only now: such a page may not be kept for who comes back
    on(recording, "progress", ({ state, seconds, bytes }) => {
      this.#show(state);
      this.#progress.textContent = lengthOf(seconds, bytes);
    });
    this.#progress.textContent = lengthOf(0, 0);
    this.#show(recording.state);
    void recording.finished.then((recorded) => this.#finish(recorded, wantsAlpha));
  }

  #togglePause() {
    if (this.#recording?.state === "paused") this.#recording.resume();
    else this.#recording?.pause();
  }

  /** @param {Recording["state"]} state */
  #show(state) {
    const isOn = state !== "finished";
    if (!isOn && document.activeElement === this.#pause) this.#button.focus(); // it goes
    this.#box.dataset.state = state;
    this.#label.textContent = isOn ? "Stop" : "Record";
    this.#pause.hidden = this.#progress.hidden = !isOn;
    this.#pause.dataset.playing = String(state === "recording");
    this.#pauseLabel.textContent = state === "paused" ? "Go on" : "Pause";
    byId("record-choices", HTMLDivElement).hidden = isOn;
  }

  /** @param {Recorded} recorded @param {boolean} wantedAlpha */
  #finish({ blob, seconds, reason, message, transparent }, wantedAlpha) {
    this.#recording = null;
    removeEventListener("beforeunload", holdBack);
    this.#show("finished");
    if (blob.size === 0) {
      this.#messages.show("recording", `${message || ENDS[reason] || ""} Nothing had been recorded yet.`.trim());
      return;
    }
    const save = () => saveFile(blob, stamped(blob.type.includes("mp4") ? "mp4" : "webm"));
    if (reason === "stopped") save();
    else {
      const sentence = `${message || ENDS[reason]} What there is of it can be saved: ${lengthOf(seconds, blob.size)}.`;
      this.#messages.show("recording", sentence, { tone: "notice", action: { label: "Save", run: save } });
    }
    if (wantedAlpha && !transparent) {
      const sentence = "This browser's recorder keeps no transparency: what is transparent is black in the file.";
      this.#messages.show("alpha", sentence, { tone: "notice" });
    }
  }
}

/** @param {number} seconds @param {number} bytes */
function lengthOf(seconds, bytes) {
  const whole = Math.floor(seconds);
  const size = bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${megabytes(bytes)} MB`;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}, ${size}`;
}
