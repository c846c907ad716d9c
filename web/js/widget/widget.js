// The widget: one element that fills a frame, a button for the camera, and answers to the page around it.

import { SelfieSegmentationElement } from "../../pyselfie.js";
import { byId, on } from "../dom.js";
import { optionsFor } from "../options.js";
import { registerOffline } from "../register_offline.js";
import { ProtocolError, readRequest, VERSION } from "./protocol.js";
import { readWidgetQuery } from "./query.js";
import { mayRead, refusal } from "./readers.js";

const asked = readWidgetQuery(location.search);
const picture = byId("picture", SelfieSegmentationElement);
const button = byId("camera-button", HTMLButtonElement);
const buttonLabel = byId("camera-label", HTMLSpanElement);
const messageText = byId("message", HTMLParagraphElement);
const percent = byId("percent", HTMLSpanElement);

/** The answer to `state`, besides the options. */
const state = {
  get running() {
    return picture.matches(":state(ready)");
  },
  camera: false,
  width: 0,
  height: 0,
  backend: "",
  reason: "",
  fps: 0,
  /** How many messages came from origins that aren't allowed. */
  ignored: 0,
};

/** @param {object} message To every allowed origin: the browser delivers it to the one that is there. */
function tell(message) {
  if (parent === window) return;
  for (const origin of asked.origins) parent.postMessage({ pyselfie: VERSION, ...message }, origin);
}

/** @param {{code: string, message: string}} fault */
function complain({ code, message }) {
  messageText.textContent = message;
  tell({ type: "error", code, message });
}

// --- the page around it -----------------------------------------------------------------------------------------

addEventListener("message", (event) => {
  if (event.source !== parent || parent === window || !asked.origins.includes(event.origin)) {
    state.ignored++;
    return;
  }
  void answer(event.data, event.origin);
});

/** @param {unknown} data @param {string} origin */
async function answer(data, origin) {
  const reply = (/** @type {object} */ message) => parent.postMessage({ pyselfie: VERSION, ...message }, origin);
  let id;
  try {
    const request = readRequest(data);
    if (!request) return;
    id = request.id;
    if (request.type === "set") Object.assign(picture, request.options);
    if (request.type !== "snapshot") reply({ type: "state", id, state: { ...state, ...chosen() } });
    else if (await mayRead(origin)) reply({ type: "snapshot", id, blob: await picture.snapshot() });
    else reply({ type: "error", id, code: "forbidden", message: refusal(origin) });
  } catch (error) {
    const known = error instanceof ProtocolError;
    const { message } = /** @type {Error} */ (error);
    reply({ type: "error", id: known ? error.id : id, code: known ? "protocol" : "engine", message });
  }
}

function chosen() {
  return Object.fromEntries(optionsFor("message").map(({ name }) => [name, Reflect.get(picture, name)]));
}

// --- the visitor ------------------------------------------------------------------------------------------------

button.addEventListener("click", () => {
  messageText.textContent = "";
  showCamera(!state.camera);
  picture.camera = state.camera ? asked.camera : null;
});

/** @param {boolean} on */
function showCamera(on) {
  state.camera = on;
  button.setAttribute("aria-pressed", String(on));
  buttonLabel.textContent = on ? "Stop the camera" : "Use the camera";
}

on(picture, "progress", ({ loaded, total }) => {
  percent.textContent = `${Math.round((100 * loaded) / total)} %`;
});
on(picture, "ready", ({ backend, reason }) => {
  Object.assign(state, { backend, reason });
  percent.textContent = "";
  tell({ type: "ready", backend, reason });
});
on(picture, "backendchange", ({ backend, reason }) => Object.assign(state, { backend, reason }));
on(picture, "frame", ({ width, height }) => Object.assign(state, { width, height }));
on(picture, "stats", ({ fps }) => Object.assign(state, { fps }));
on(picture, "error", (detail) => {
  if (!state.running) {
    percent.textContent = "";
    state.fps = 0;
  }
  if (detail.code === "source" && state.camera) {
    showCamera(false);
    picture.camera = null;
  }
  complain(detail);
});

// --- the address ------------------------------------------------------------------------------------------------

const { style } = document.documentElement;
style.colorScheme = asked.scheme;
for (const [name, value] of Object.entries(asked.colors)) style.setProperty(`--${name}`, value);
button.hidden = asked.camera === null;
for (const [name, value] of Object.entries(asked.attributes)) picture.setAttribute(name, value);
tell({ type: "hello" });
if (asked.offline) registerOffline().catch(({ message }) => complain({ code: "offline", message }));
if (asked.complaints.length > 0) complain({ code: "address", message: asked.complaints.join(" ") });
