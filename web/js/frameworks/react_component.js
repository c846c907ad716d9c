// <PySelfie> for React.

import { createElement, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import "../../pyselfie.js";
import { attributesOf, TAG } from "./attributes.js";

/** @typedef {(event: Event) => void} Listener */

/** Names of props, and the events that they listen to. @type {Record<string, string>} */
export const LISTENERS = {
  onProgress: "progress",
  onModelProgress: "modelprogress",
  onReady: "ready",
  onFrame: "frame",
  onStats: "stats",
  onModel: "model",
  onBackendChange: "backendchange",
  onNotice: "notice",
  onOverload: "overload",
  onEffect: "effect",
  onTrace: "trace",
  onError: "error",
};

/** @type {typeof import("../../types/react.js").PySelfie} */
export function PySelfie({ ref, children, ...props }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [[handlers, listeners]] = useState(newListeners);
  const { own, others } = apart(props);
  useImperativeHandle(ref, () => /** @type {any} */ (element.current), []);
  useLayoutEffect(() => {
    Object.assign(handlers, own);
  });
  useLayoutEffect(() => {
    // React adds none to a tag that a server has rendered; elsewhere it has, and the same listener counts once.
    for (const [name, listener] of Object.entries(listeners))
      element.current?.addEventListener(name.slice(2), listener);
  }, [listeners]);
  return createElement(TAG, { ...attributesOf(others), ...listeners, ref: element }, children);
}

/** Listeners that stay the same, and what they call. @returns {[Record<string, Listener | undefined>, Record<string, Listener>]} */
function newListeners() {
  /** @type {Record<string, Listener | undefined>} */
  const handlers = {};
  /** @type {[string, Listener][]} */
  const listeners = Object.entries(LISTENERS).map(([name, type]) => [`on${type}`, (event) => handlers[name]?.(event)]);
  return [handlers, Object.fromEntries(listeners)];
}

/** The props that are listeners of the element's events, and all others. @param {Record<string, any>} props */
function apart(props) {
  const others = { ...props };
  /** @type {Record<string, Listener | undefined>} */
  const own = {};
  for (const name of Object.keys(LISTENERS)) {
    own[name] = props[name];
    delete others[name];
  }
  return { own, others };
}
