// The page without a network: what it needs is kept once the browser is idle, and a newer version is taken or offered.

import { on } from "../dom.js";
import { findRegistration, registerOffline, serviceWorkers } from "../register_offline.js";

/** @typedef {import("./viewer.js").Viewer} Viewer */

const TOPIC = "update";
const IDLE_MS = 10_000;

/** Keep the site's files, unless the visitor saves data. What fails is no fault: the page goes on with the network. */
export async function keepWhenIdle() {
  if (!serviceWorkers() || /** @type {any} */ (navigator).connection?.saveData) return;
  await idle();
  await registerOffline().catch(() => {});
}

function idle() {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(resolve, { timeout: IDLE_MS });
    else setTimeout(resolve, IDLE_MS);
  });
}

/**
 * At a start nobody is in a call yet: a newer version that has come whole is taken, and the page begins again with it.
 *
 * @returns {Promise<ServiceWorkerRegistration | null>} it never resolves where the page begins again
 */
export async function takeNewer() {
  const registration = await findRegistration();
  if (registration?.waiting && (await takeOver(registration.waiting))) await new Promise(() => {});
  return registration;
}

/** False: the version before is used in another window, too. @param {ServiceWorker} waiting */
async function takeOver(waiting) {
  const { port1, port2 } = new MessageChannel();
  const isTaken = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    void reached(waiting, "redundant").then(() => resolve(false)); // a still newer one has come
  });
  waiting.postMessage("take over", [port2]);
  if (!(await isTaken)) return false;
  await reached(waiting, "activated");
  location.reload();
  return true;
}

/** @param {ServiceWorker} worker @param {ServiceWorkerState} state @returns {Promise<void>} */
function reached(worker, state) {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === state) resolve();
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Keeps a page with a picture, and offers newer versions there, but never while the camera runs. */
export class Offline {
  #viewer;
  /** A newer version is there and not offered, as the camera runs. */
  #isHeld = false;

  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.#viewer = viewer;
    on(viewer, "opened", () => this.#follow());
    const painted = new Promise((resolve) => viewer.addEventListener("painted", resolve, { once: true }));
    /** Resolves when this version is the one that stays. */
    this.begun = takeNewer().then((registration) => {
      if (registration) this.#watch(registration);
      if (!registration?.active) void painted.then(() => this.#keep());
    });
  }

  async #keep() {
    await keepWhenIdle();
    const registration = await findRegistration();
    if (registration) this.#watch(registration);
  }

  /** @param {ServiceWorkerRegistration} registration */
  #watch(registration) {
    const look = () => {
      const { installing, waiting, active } = registration;
      if (waiting && active) this.#offer();
      if (installing && active) void reached(installing, "installed").then(() => this.#offer());
    };
    registration.addEventListener("updatefound", look);
    look();
  }

  get #isInCall() {
    return this.#viewer.sources.current?.kind === "camera";
  }

  #follow() {
    const { messages } = this.#viewer;
    if (this.#isInCall && messages.has(TOPIC)) {
      messages.clear(TOPIC);
      this.#isHeld = true;
    } else if (!this.#isInCall && this.#isHeld) this.#offer();
  }

  #offer(sentence = "A new version of this page is ready.") {
    this.#isHeld = this.#isInCall;
    if (this.#isHeld) return;
    const action = { label: "Use it", run: () => void this.#take() };
    this.#viewer.messages.show(TOPIC, sentence, { tone: "news", action });
  }

  async #take() {
    const registration = await findRegistration();
    if (registration?.waiting && !(await takeOver(registration.waiting)))
      this.#offer("This page is open in another tab, too: close that one, then take the new version.");
  }
}
