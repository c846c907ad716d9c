// The picture with its sources, as every page has it: engine, source bar, messages and status, connected.

import { SelfieSegmentationElement } from "../../pyselfie.js";
import { byId, on } from "../dom.js";
import { exchangeCamera } from "../sources/camera.js";
import { openFile } from "../sources/files.js";
import { openSample } from "../sources/photo.js";
import { Sources } from "../sources/sources.js";
import { wireActions } from "./actions.js";
import { wireIntake } from "./intake.js";
import { Messages } from "./messages.js";
import { Offline } from "./offline.js";
import { Recorder } from "./recorder.js";
import { SourceBar } from "./source_bar.js";
import { backendTitle, Status } from "./status.js";

/** @typedef {import("../sources/sources.js").Source} Source */

const SAMPLE = new URL("../../samples/astronaut.jpg", import.meta.url);

/** Emits `painted` when a composite has another size than the one before, and `opened` {source}. */
export class Viewer extends EventTarget {
  messages = new Messages(byId("alerts", HTMLDivElement), byId("notices", HTMLDivElement));
  stage = byId("stage", SelfieSegmentationElement);
  sources = new Sources(this.stage);
  offline = new Offline(this);
  #viewport = byId("viewport", HTMLDivElement);
  #snapshot = byId("snapshot-button", HTMLButtonElement);
  #recorder = new Recorder(this.stage, this.messages);
  #status = new Status();
  #bar = new SourceBar();
  #backend;
  #mirror;
  #told;
  /** Size of the painted picture, as "width height". */
  #painted = "";
  /** @type {number | undefined} */
  #wantedModel;
  /** @type {number | undefined} The last one that could be had. */
  #model;

  /**
   * @param {Record<string, any>} options  What the page's address asks for; backend and painter have no control.
   *   `mirror` counts for each source.
   * @param {string[]} [told]  Codes of the errors that the page has another place for.
   */
  constructor({ backend, painter, mirror }, told = []) {
    super();
    this.#backend = backend;
    this.#mirror = mirror;
    this.#told = told;
    Object.assign(this.stage, { backend, painter });
    this.#hearEngine();
    this.#hearSources();
    wireActions(
      () => this.stage.snapshot(),
      (sentence) => this.messages.show("action", sentence),
    );
    wireIntake(
      (files) => this.openFirst(files),
      (sentence) => this.messages.show("source", sentence, { tone: "notice" }),
    );
  }

  /** Say what was wrong with the page's address. @param {string[]} complaints */
  complain(complaints) {
    for (const complaint of complaints) this.messages.show(complaint, complaint, { tone: "notice" });
  }

  start() {
    this.messages.clear("engine");
    // Its failures arrive as `error` events too, and those are shown.
    this.stage.start().catch(() => {});
  }

  /** @param {number} index */
  chooseModel(index) {
    this.#wantedModel = index;
    this.stage.modelSelection = index;
  }

  showSample() {
    return this.sources.open("", (signal) => openSample(SAMPLE, signal));
  }

  get isPainted() {
    return this.#painted !== "";
  }

  // --- the engine speaks ---

  #hearEngine() {
    const { stage } = this;
    on(stage, "progress", (detail) => this.#status.progress(detail));
    on(stage, "modelprogress", (detail) => this.#status.modelProgress(detail));
    on(stage, "ready", (detail) => this.#onReady(detail));
    on(stage, "frame", (detail) => this.#onFrame(detail));
    on(stage, "model", (detail) => this.#onModel(detail));
    on(stage, "backendchange", (detail) => this.#showRunning(detail));
    on(stage, "notice", ({ code, message }) => this.messages.show(`${code}-notice`, message, { tone: "notice" }));
    on(stage, "error", (detail) => this.#onError(detail));
  }

  /** @param {{backend: string, reason: string, painter: string}} detail */
  #showRunning(detail) {
    this.#status.running(detail);
    if (detail.painter === "webgpu") this.messages.clear("painter-notice"); // that Canvas 2D paints, which it doesn't any more
  }

  /** It may have stopped since it was ready. */
  get #isRunning() {
    return this.stage.matches(":state(ready)");
  }

  /** @param {{backend: string, reason: string, painter: string}} detail */
  #onReady(detail) {
    this.#showRunning(detail);
    this.messages.clear("engine");
    this.messages.clear("worker-notice"); // that it is starting again
    if (this.#backend !== "webgpu" || detail.backend === "webgpu") return;
    const sentence = `WebGPU was asked for but cannot be used (${detail.reason}), so ${backendTitle(detail.backend)} does the work.`;
    this.messages.show("backend", sentence, { tone: "notice" });
  }

  /** @param {{width: number, height: number}} detail */
  #onFrame({ width, height }) {
    const size = `${width} ${height}`;
    if (size === this.#painted) return;
    this.#painted = size;
    this.stage.style.setProperty("--picture-width", String(width));
    this.stage.style.setProperty("--picture-height", String(height));
    this.#viewport.dataset.painted = "true";
    this.#snapshot.disabled = false;
    this.#recorder.enable();
    this.#emit("painted", {});
  }

  /** @param {{backend: string, reason: string, painter: string, modelAsked: number}} detail  Not what was chosen, if that could not be loaded. */
  #onModel({ modelAsked, ...chosen }) {
    this.#model = modelAsked;
    this.#showRunning(chosen);
    if (modelAsked === this.#wantedModel) this.messages.clear("engine");
  }

  /** @param {{code: string, message: string, action: null|"retry"|"restart"}} detail */
  #onError({ code, message, action }) {
    if (this.#told.includes(code)) return;
    if (action && !this.#isRunning) this.#status.failed();
    const label = action === "restart" ? "Restart" : "Try again";
    this.messages.show("engine", message, action ? { action: { label, run: () => this.#tryAgain() } } : {});
  }

  /** A running engine may have failed to load the other model only; then that alone is asked for again. */
  #tryAgain() {
    if (this.#isRunning && this.#wantedModel !== this.#model) this.stage.modelSelection = this.#wantedModel ?? 0;
    else this.start();
  }

  // --- sources come and go ---

  #hearSources() {
    const { sources } = this;
    on(sources, "opening", ({ what }) => this.#bar.opening(what));
    on(sources, "opened", (detail) => this.#onOpened(detail));
    on(sources, "failed", ({ sentence }) => {
      this.#bar.opening("");
      this.messages.show("source", sentence);
    });
    on(sources, "fault", ({ sentence, source }) => {
      if (source.kind === "camera") this.#bar.cameraLost();
      this.messages.clear("muted");
      this.messages.show("source", sentence);
    });
    on(sources, "muted", ({ muted, sentence }) => {
      if (muted) this.messages.show("muted", sentence, { tone: "notice" });
      else this.messages.clear("muted");
    });
    on(this.#bar, "camera", ({ deviceId }) => {
      void sources.open("Waiting for the camera", (signal) =>
        exchangeCamera(deviceId, sources, signal, () => this.#bar.cameraLost()),
      );
    });
    on(this.#bar, "stop", () => void this.showSample());
    on(this.#bar, "sample", () => void this.showSample());
  }

  /** @param {{source: Source}} detail */
  #onOpened({ source }) {
    this.#bar.opening("");
    this.#bar.show(source);
    for (const topic of ["source", "muted"]) this.messages.clear(topic);
    if (source.notice) this.messages.show("source", source.notice, { tone: "notice" });
    // People expect a camera to be a mirror, and a picture that they chose to be as it is.
    this.stage.mirror = this.#mirror ?? source.kind === "camera";
    this.#emit("opened", { source });
  }

  /** @param {File[]} files */
  openFirst(files) {
    const [file] = files;
    const others = files.length - 1;
    this.messages.clear("files");
    if (others > 0) {
      const sentence = `${files.length} files came at once: “${file.name}” is opened, the other ${others} are not.`;
      this.messages.show("files", sentence, { tone: "notice" });
    }
    void this.sources.open("Opening the file", (signal) => openFile(file, signal));
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
