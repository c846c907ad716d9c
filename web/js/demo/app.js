// The page: makes the parts and connects them. Decides nothing about pixels; Python in the worker does.

import { SelfieSegmentationElement } from "../../pyselfie.js";
import { byId, on } from "../dom.js";
import { exchangeCamera } from "../sources/camera.js";
import { openFile } from "../sources/files.js";
import { openSample } from "../sources/photo.js";
import { Sources } from "../sources/sources.js";
import { wireActions } from "./actions.js";
import { Backdrops } from "./backdrops.js";
import { Controls } from "./controls.js";
import { Embed } from "./embed.js";
import { wireIntake } from "./intake.js";
import { Messages } from "./messages.js";
import { SourceBar } from "./source_bar.js";
import { showModel, showStart, showStats } from "./stats.js";
import { backendTitle, Status } from "./status.js";
import { readUrlOptions } from "./url_options.js";

/** @typedef {import("../sources/sources.js").Source} Source */

const SAMPLE = new URL("../../samples/astronaut.jpg", import.meta.url);

const asked = readUrlOptions(location.search);
const messages = new Messages(byId("alerts", HTMLDivElement), byId("notices", HTMLDivElement));
const viewport = byId("viewport", HTMLDivElement);
const stage = byId("stage", SelfieSegmentationElement);
const snapshotButton = byId("snapshot-button", HTMLButtonElement);
const status = new Status();
const controls = new Controls();
const backdrops = new Backdrops();
const bar = new SourceBar();
const sources = new Sources(stage);
const embed = new Embed(look);

// --- the engine speaks ------------------------------------------------------------------------------------------

/** Size of the painted picture, as "width height". */
let painted = "";
let wantedModel = controls.model;

/** It may have stopped since it was ready. */
function isRunning() {
  return stage.matches(":state(ready)");
}

function start() {
  messages.clear("engine");
  // Its failures arrive as `error` events too, and those are shown.
  stage.start().catch(() => {});
}

/** @param {{backend: string, reason: string, startMs: number}} detail */
function onReady(detail) {
  status.running(detail);
  showStart(detail.startMs);
  messages.clear("engine");
  if (asked.options.backend !== "webgpu" || detail.backend === "webgpu") return;
  const sentence = `WebGPU was asked for but cannot be used (${detail.reason}), so ${backendTitle(detail.backend)} does the work.`;
  messages.show("backend", sentence, { tone: "notice" });
}

/** @param {{width: number, height: number}} detail */
function onFrame({ width, height }) {
  const size = `${width} ${height}`;
  if (size === painted) return;
  painted = size;
  stage.style.setProperty("--picture-width", String(width));
  stage.style.setProperty("--picture-height", String(height));
  viewport.dataset.painted = "true";
  snapshotButton.disabled = false;
  describeStage();
}

/** @param {{code: string, message: string, action: null|"retry"|"restart"}} detail */
function onError({ message, action }) {
  if (action && !isRunning()) status.failed();
  const label = action === "restart" ? "Restart" : "Try again";
  messages.show("engine", message, action ? { action: { label, run: tryAgain } } : {});
}

/** A running engine may have failed to load the other model only; then that alone is asked for again. */
function tryAgain() {
  if (isRunning() && wantedModel !== controls.model) stage.modelSelection = wantedModel;
  else start();
}

/** @param {{backend: string, reason: string, model: string, modelReason: string, modelAsked: number}} detail  Not what was chosen, if that could not be loaded. */
function onModel({ modelAsked, ...chosen }) {
  controls.choose({ modelSelection: modelAsked });
  status.running(chosen);
  showModel(chosen); // a photo brings no statistics until the next one
  if (modelAsked === wantedModel) messages.clear("engine");
}

function chooseModel() {
  wantedModel = controls.model;
  stage.modelSelection = wantedModel;
  embed.update();
}

/** What the snippet builder writes down. */
function look() {
  const picture = controls.effect.effect === "picture" ? { background: backdrops.address } : {};
  return { ...controls.effect, ...picture, mirror: controls.mirror, modelSelection: controls.model };
}

function describeStage() {
  embed.update();
  stage.dataset.effect = controls.effect.effect;
  const name = sources.current?.name ?? "Nothing";
  stage.setAttribute("aria-label", painted ? `${name}, effect: ${controls.effectTitle}` : "Nothing is painted yet");
}

on(stage, "progress", (detail) => status.progress(detail));
on(stage, "modelprogress", (detail) => status.modelProgress(detail));
on(stage, "ready", onReady);
on(stage, "frame", onFrame);
on(stage, "model", onModel);
on(stage, "stats", showStats);
on(stage, "backendchange", (detail) => status.running(detail));
on(stage, "notice", ({ message }) => messages.show("engine-notice", message, { tone: "notice" }));
on(stage, "error", onError);

// --- the user chooses -------------------------------------------------------------------------------------------

async function applyEffect() {
  if (controls.effect.effect === "picture") {
    const delivered = await backdrops.deliver((bitmap) => stage.setBackdrop(bitmap));
    if (!delivered || controls.effect.effect !== "picture") return;
  }
  Object.assign(stage, controls.effect);
  describeStage();
}

on(controls, "effect", () => void applyEffect());
on(controls, "model", chooseModel);
on(controls, "mirror", () => {
  stage.mirror = controls.mirror;
  embed.update();
});
on(backdrops, "change", () => void applyEffect());
on(backdrops, "fault", ({ sentence }) => messages.show("backdrop", sentence));
wireActions(
  () => stage.snapshot(),
  (sentence) => messages.show("action", sentence),
);

// --- sources come and go ----------------------------------------------------------------------------------------

/** @param {{source: Source}} detail */
function onOpened({ source }) {
  bar.opening("");
  bar.show(source);
  messages.clear("source");
  if (source.notice) messages.show("source", source.notice, { tone: "notice" });
  // People expect a camera to be a mirror, and a picture that they chose to be as it is.
  controls.mirror = source.kind === "camera";
  stage.mirror = controls.mirror;
  describeStage();
}

/** @param {{sentence: string}} detail */
function onFailed({ sentence }) {
  bar.opening("");
  messages.show("source", sentence);
}

/** @param {{sentence: string, source: Source}} detail */
function onFault({ sentence, source }) {
  if (source.kind === "camera") bar.cameraLost();
  messages.show("source", sentence);
}

/** @param {File[]} files */
function openFirst(files) {
  const [file] = files;
  const others = files.length - 1;
  messages.clear("files");
  if (others > 0) {
    const sentence = `${files.length} files came at once: “${file.name}” is opened, the other ${others} are not.`;
    messages.show("files", sentence, { tone: "notice" });
  }
  void sources.open("Opening the file", (signal) => openFile(file, signal));
}

function showSample() {
  return sources.open("", (signal) => openSample(SAMPLE, signal));
}

on(sources, "opening", ({ what }) => bar.opening(what));
on(sources, "opened", onOpened);
on(sources, "failed", onFailed);
on(sources, "fault", onFault);
on(bar, "camera", ({ deviceId }) => {
  void sources.open("Waiting for the camera", (signal) =>
    exchangeCamera(deviceId, sources, signal, () => bar.cameraLost()),
  );
});
on(bar, "stop", () => void showSample());
on(bar, "sample", () => void showSample());
wireIntake(openFirst, (sentence) => messages.show("source", sentence, { tone: "notice" }));

for (const complaint of asked.complaints) messages.show(complaint, complaint, { tone: "notice" });
controls.choose(asked.options);
const { backend, painter } = asked.options; // they have no control
Object.assign(stage, { backend, painter });
chooseModel();
stage.mirror = controls.mirror;
void applyEffect();
start();
void showSample();
