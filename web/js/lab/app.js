// The quality lab's page: takes files, hands them to Python one by one, shows what comes back. Python does the rest.

import { byId, make, on, radios } from "../dom.js";
import { keepWhenIdle, takeNewer } from "../page/offline.js";
import { saveFile } from "../save_file.js";
import { SourceError } from "../sources/sources.js";
import { Clip } from "./clip.js";
import { fetchExamples } from "./examples.js";
import { Intake } from "./intake.js";
import { Lab } from "./lab.js";
import { Pictures } from "./pictures.js";
import { drawClip, drawTable } from "./table.js";
import { Viewer } from "./viewer.js";

/**
 * @typedef {import("./lab.js").Pair} Pair
 * @typedef {import("./lab.js").Table} Table
 */

const REFRESH_MS = 500;
const CLIP_SMOOTHING = 0.85; // as `pyselfie evaluate` takes for a clip

const lab = new Lab();
const intake = new Intake();
const viewer = new Viewer();
const status = byId("status", HTMLElement);
const problems = byId("problems", HTMLUListElement);
const results = byId("results", HTMLElement);
const table = byId("table", HTMLTableElement);
const measureButton = byId("measure-button", HTMLButtonElement);
const cancelButton = byId("cancel-button", HTMLButtonElement);
const bar = byId("measure-bar", HTMLProgressElement);
const said = byId("measure-text", HTMLElement);

let order = "iou a";
let descending = false;
/** The name of the picture in the view. */
let shown = "";
/** @type {Map<string, Pair>} what has been measured, by name */
const measured = new Map();
/** @type {Pictures | Clip | null} */
let source = null;
let reading = Promise.resolve();
let isCancelled = false;
let isRunning = false;
let showing = 0;

// --- what is said -----------------------------------------------------------------------------------------------

/** @param {string} state @param {string} text @param {string} [percent] to be seen, and not to be read out at each step */
function say(state, text, percent = "") {
  status.dataset.state = state;
  byId("status-percent", HTMLElement).textContent = percent;
  const place = byId("status-text", HTMLElement);
  if (place.textContent !== text) place.textContent = text;
}

/** @param {string} sentence */
function complain(sentence) {
  const isWord = /^[a-z]+ /.test(sentence); // and no file's name
  const first = isWord ? sentence.charAt(0).toUpperCase() : sentence.charAt(0);
  problems.append(make("li", {}, first + sentence.slice(1).replace(/\.?$/, ".")));
  byId("problems-box", HTMLElement).hidden = false;
}

/** @param {unknown} error @param {string} [name] */
function complainOf(error, name = "") {
  const { message } = /** @type {Error} */ (error);
  complain(error instanceof SourceError || !name || message.includes(name) ? message : `${name}: ${message}`);
}

function forgetProblems() {
  problems.replaceChildren();
  byId("problems-box", HTMLElement).hidden = true;
}

function enable() {
  const isVideo = intake.pictures.some(({ file }) => file.type.startsWith("video/"));
  measureButton.disabled = isRunning || intake.pictures.length === 0 || (intake.truths.length === 0 && !isVideo);
  byId("example-button", HTMLButtonElement).disabled = isRunning;
  cancelButton.hidden = !isRunning;
  measureButton.hidden = isRunning;
  byId("progress", HTMLElement).hidden = said.textContent === "";
  bar.hidden = !isRunning;
}

// --- measuring --------------------------------------------------------------------------------------------------

/** @param {boolean} isClip */
function settings(isClip) {
  return ["a", "b"].map((side) => {
    const model = byId(`model-${side}`, HTMLSelectElement).value;
    const edges = byId(`edges-${side}`, HTMLSelectElement).value;
    return { model, edges, smoothing: isClip && edges === "refined" ? CLIP_SMOOTHING : 0 };
  });
}

async function openSource() {
  const videos = intake.pictures.filter(({ file }) => file.type.startsWith("video/"));
  if (videos.length === 0) {
    return new Pictures(
      intake.pictures.map(({ file }) => file),
      intake.truths.map(({ file }) => file),
      complain,
    );
  }
  if (intake.pictures.length > 1 || intake.truths.length > 1) {
    throw new SourceError("A video is measured alone: choose one video, and one mask video or none.");
  }
  return Clip.open(videos[0].file, intake.truths[0]?.file);
}

async function measure() {
  if (isRunning) return;
  if (lab.hasFailed) lab.restart();
  isRunning = true;
  isCancelled = false;
  forgetProblems();
  said.textContent = "Reading the files";
  bar.removeAttribute("value");
  enable();
  try {
    await measureAll();
  } catch (error) {
    complainOf(error);
    said.textContent = "";
  } finally {
    isRunning = false;
    enable();
  }
}

async function measureAll() {
  source?.close();
  viewer.clear();
  measured.clear();
  shown = "";
  showing++; // what is still being read is of files that go
  results.hidden = true;
  table.tBodies[0].replaceChildren();
  source = await openSource();
  const names = (/** @type {import("./intake.js").Named[]} */ files) =>
    source?.clip ? [] : files.map(({ name }) => name);
  const plan = await lab.plan({
    pictures: names(intake.pictures),
    truths: names(intake.truths),
    settings: settings(source.clip),
    clip: source.clip,
  });
  for (const problem of plan.problems) complain(problem);
  const pairs = source instanceof Clip ? source.pairs : plan.pairs;
  const count = await measureEach(pairs);
  const notice = source instanceof Clip ? source.notice : "";
  const found =
    count === pairs.length
      ? `${count} measured`
      : `${isCancelled ? "Stopped: " : ""}${count} of ${pairs.length} measured`;
  said.textContent = `${found}${notice}.`;
  if (count === 0) return;
  await refresh();
  if (results.getBoundingClientRect().top > innerHeight) results.scrollIntoView();
  const [first] = table.querySelectorAll("tr[data-name]");
  if (first instanceof HTMLElement && shown === "") await show(first.dataset.name ?? "");
}

/** One by one: two hundred pictures take no more memory than one. @param {Pair[]} pairs @returns {Promise<number>} how many */
async function measureEach(pairs) {
  let refreshed = performance.now();
  bar.max = Math.max(1, pairs.length);
  for (const [at, pair] of pairs.entries()) {
    if (isCancelled || lab.hasFailed) break;
    bar.value = at;
    said.textContent = `Measuring ${at + 1} of ${pairs.length}: ${pair.name}`;
    try {
      await lab.measure(pair.name, await read(pair));
      measured.set(pair.name, pair);
    } catch (error) {
      complainOf(error, pair.name);
      if (source?.clip) break; // without a frame those after it mean nothing
    }
    if (performance.now() - refreshed > REFRESH_MS && measured.size > 0) {
      await refresh();
      refreshed = performance.now();
    }
  }
  return measured.size;
}

/** Reads one after the other: a video is at one time only. @param {Pair} pair */
function read(pair) {
  if (!source) throw new Error("there is nothing to read");
  const opened = source;
  const turn = reading.then(() => opened.read(pair));
  reading = turn.then(
    () => {},
    () => {},
  );
  return turn;
}

// --- results ----------------------------------------------------------------------------------------------------

async function refresh() {
  const found = await lab.table(order, descending);
  results.hidden = false;
  drawTable(table, found, shown);
  byId("table-box", HTMLElement).hidden = found.rows.length === 0;
  drawClip(byId("clip-table", HTMLTableElement), found.clip);
  for (const [at, side] of ["a", "b"].entries()) {
    for (const place of document.querySelectorAll(`[data-made-by="${side}"]`)) place.textContent = found.settings[at];
    byId(`csv-${side}`, HTMLButtonElement).disabled = found.rows.length === 0;
  }
}

/** @param {string} name */
async function show(name) {
  const pair = measured.get(name);
  if (!pair) return;
  const turn = ++showing;
  shown = name;
  for (const row of table.querySelectorAll("tr[data-name]")) {
    if (row instanceof HTMLElement && row.dataset.name === name) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  const kind = radios("kind").find(({ checked }) => checked)?.value ?? "errors";
  try {
    const views = await lab.views(kind, name, await read(pair));
    if (turn === showing) viewer.show(views, name, kind);
    else for (const view of views) view.close();
  } catch (error) {
    if (turn === showing) complainOf(error, name);
  }
}

/** @param {"a" | "b"} side */
async function download(side) {
  const text = await lab.csv(side === "a" ? 0 : 1);
  saveFile(new Blob([text], { type: "text/csv" }), `pyselfie-${side}.csv`);
}

// --- the user ---------------------------------------------------------------------------------------------------

on(lab, "ready", () => {
  say("ready", "Ready");
  void keepWhenIdle();
});
on(lab, "progress", ({ loaded, total, text }) => {
  if (status.dataset.state !== "ready") say("loading", text, total ? `: ${Math.floor((100 * loaded) / total)} %` : "");
});
on(lab, "failed", ({ message }) => {
  say("failed", "Stopped");
  complain(`${message} Press “Measure” to try again.`);
});
on(intake, "change", () => {
  byId("credits", HTMLElement).hidden = true;
  enable();
});
on(intake, "astray", () => complain("Drop pictures on “Pictures”, and their masks on “Masks”."));
on(intake, "unreadable", () => complain("What was dropped cannot be read: choose the files with the button."));
measureButton.addEventListener("click", () => void measure());
cancelButton.addEventListener("click", () => {
  isCancelled = true;
});
byId("example-button", HTMLButtonElement).addEventListener("click", async () => {
  forgetProblems();
  try {
    const { pictures, truths } = await fetchExamples();
    intake.set(pictures, truths);
    byId("credits", HTMLElement).hidden = false;
    await measure();
  } catch (error) {
    complainOf(error);
  }
});
table.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  const sort = target.closest("button[data-order]");
  const row = target.closest("tr[data-name]");
  if (sort instanceof HTMLElement) {
    const wanted = sort.dataset.order ?? "name";
    descending = wanted === order ? !descending : false;
    order = wanted;
    refresh().catch(complainOf);
  } else if (row instanceof HTMLElement) void show(row.dataset.name ?? "");
});
for (const radio of radios("kind")) radio.addEventListener("change", () => void show(shown));
for (const side of /** @type {const} */ (["a", "b"]))
  byId(`csv-${side}`, HTMLButtonElement).addEventListener("click", () => download(side).catch(complainOf));
void takeNewer(() => intake.pictures.length > 0 || intake.truths.length > 0);
enable();
