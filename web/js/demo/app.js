// The page: makes the parts and connects them. Decides nothing about pixels; Python in the worker does.

import { on } from "../dom.js";
import { isShared, takeShared } from "../page/shared.js";
import { readUrlOptions } from "../page/url_options.js";
import { Viewer } from "../page/viewer.js";
import { Backdrops } from "./backdrops.js";
import { Controls } from "./controls.js";
import { Embed } from "./embed.js";
import { showModel, showStart, showStats } from "./stats.js";

const asked = readUrlOptions(location.search);
const viewer = new Viewer(asked.options);
const { messages, stage } = viewer;
const controls = new Controls();
const backdrops = new Backdrops();
const embed = new Embed(look);

/** What the snippet builder writes down. */
function look() {
  const picture = controls.effect.effect === "picture" ? { background: backdrops.address } : {};
  return { ...controls.effect, ...picture, mirror: controls.mirror, modelSelection: controls.model };
}

function describeStage() {
  embed.update();
  stage.dataset.effect = controls.effect.effect;
  const name = viewer.sources.current?.name ?? "Nothing";
  const label = viewer.isPainted ? `${name}, effect: ${controls.effectTitle}` : "Nothing is painted yet";
  stage.setAttribute("aria-label", label);
}

on(viewer, "painted", describeStage);
on(viewer, "opened", () => {
  controls.mirror = stage.mirror;
  describeStage();
});
on(stage, "ready", ({ startMs }) => showStart(startMs));
on(stage, "model", ({ modelAsked, ...chosen }) => {
  controls.choose({ modelSelection: modelAsked });
  showModel(chosen); // a photo brings no statistics until the next one
});
on(stage, "stats", showStats);

async function applyEffect() {
  if (controls.effect.effect === "picture") {
    const delivered = await backdrops.deliver((bitmap) => stage.setBackdrop(bitmap));
    if (!delivered || controls.effect.effect !== "picture") return;
  }
  Object.assign(stage, controls.effect);
  describeStage();
}

async function openShared() {
  await viewer.offline.begun;
  const picture = await takeShared();
  if (picture) viewer.openFirst([picture]);
  else await viewer.showSample();
}

function chooseModel() {
  viewer.chooseModel(controls.model);
  embed.update();
}

on(controls, "effect", () => void applyEffect());
on(controls, "model", chooseModel);
on(controls, "mirror", () => {
  stage.mirror = controls.mirror;
  embed.update();
});
on(backdrops, "change", () => void applyEffect());
on(backdrops, "fault", ({ sentence }) => messages.show("backdrop", sentence));

viewer.complain(asked.complaints);
controls.choose(asked.options);
chooseModel();
stage.mirror = controls.mirror;
void applyEffect();
viewer.start();
if (isShared()) void openShared();
else void viewer.showSample();
