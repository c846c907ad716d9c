// The engine of a track, or of an adapter that has none: begun with its options, and in which state it is.

import { Engine } from "../engine/engine.js";
import { EffectSource } from "../sources/effect_source.js";
import { Look } from "./look.js";
import { judged } from "./track_options.js";

/**
 * @typedef {"starting" | "running" | "failed"} State
 *
 * @typedef {object} Listener
 * @property {(state: State, detail: any) => void} onState `detail`: of the engine's event; after "failed" only `restart` helps
 * @property {(code: "option" | "background", message: string) => void} complain what was refused; nothing has stopped
 */

/**
 * @param {import("../../types/pyselfie.js").TrackOptions} given of `readOptions`
 * @param {Listener} listener
 */
export function beginEngine(given, { onState, complain }) {
  const { options, faults } = judged(given);
  const { site, backend, painter, isolated, effectSource, ...rest } = options;
  const engine = new Engine(document.createElement("div"), { site, backend, painter, isolated });
  const look = new Look(engine, complain);
  const effect = new EffectSource(
    (source) => engine.setCustomEffect(source),
    (message) => complain("option", message),
  );
  const enter = followState(engine, onState);
  look.change({ options: rest, faults });
  if (effectSource) effect.set(effectSource);
  const start = () => {
    const running = engine.start();
    running.catch(() => {}); // told by the `error` event as well
    return running;
  };
  void start();
  return {
    engine,
    look,
    effect,
    restart() {
      enter("starting", {});
      return start();
    },
    close() {
      look.close();
      effect.close();
      engine.close();
    },
  };
}

/** @param {Engine} engine @param {Listener["onState"]} onState */
function followState(engine, onState) {
  /** @type {State} */
  let state = "starting";
  const enter = (/** @type {State} */ next, /** @type {object} */ detail) => {
    state = next;
    onState(next, detail);
  };
  const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ listener) =>
    engine.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  on("ready", (detail) => enter("running", detail));
  // It begins again by itself; if that fails, it is a failed start.
  on("notice", (detail) => detail.code === "worker" && enter("starting", detail));
  on("error", (detail) => {
    const stopped = detail.action !== null && (state !== "running" || detail.code === "worker");
    if (stopped) enter("failed", detail);
  });
  return enter;
}
