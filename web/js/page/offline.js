// The page without a network: what it needs is kept once the browser is idle, and a newer version is taken or offered.

import { on } from "../dom.js";
import { findRegistration, registerOffline, serviceWorkers } from "../register_offline.js";
import { reached, takeOver } from "./take_over.js";

/** @typedef {import("./viewer.js").Viewer} Viewer */

const TOPIC = "update";
const IDLE_MS = 10_000;
const START_MS = 5000; // a picture waits for it
const ASKED_MS = 30_000;
/** By why it isn't taken. @type {Partial<Record<import("./take_over.js").Reason, string>>} */
const SENTENCES = {
  others: "This site is open in another tab, too: close that one, then take the new version.",
  silent: "The new version could not be taken yet: try again, or close all tabs of this site and open it anew.",
};

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
 * At a start a newer version that has come whole is taken, and the page begins again with it.
 *
 * @param {() => boolean} isBusy whether the visitor has begun something already
 * @returns {Promise<ServiceWorkerRegistration | null>} it never resolves where the page begins again
 */
export async function takeNewer(isBusy) {
  const registration = await findRegistration();
  if (registration?.waiting) await takeOver(registration.waiting, isBusy, START_MS);
  return registration;
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
    on(viewer.sources, "failed", () => this.#follow());
    const painted = new Promise((resolve) => viewer.addEventListener("painted", resolve, { once: true }));
    /** Resolves when this version is the one that stays. */
    this.begun = takeNewer(() => this.#hasChosen).then((registration) => {
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

  /** Or about to be: something is being opened, which may be a camera. */
  get #isInCall() {
    const { current, awaited } = this.#viewer.sources;
    return current?.kind === "camera" || awaited !== "";
  }

  get #hasChosen() {
    const { current } = this.#viewer.sources;
    return this.#isInCall || (current !== null && current.kind !== "sample");
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
    const waiting = (await findRegistration())?.waiting;
    if (waiting) {
      const reason = await takeOver(waiting, () => this.#isInCall, ASKED_MS);
      if (reason !== "newer") this.#offer(SENTENCES[reason]); // a newer one is offered when it is whole
    } else if (this.#isInCall) this.#offer();
    else location.reload(); // it has taken over already
  }
}
