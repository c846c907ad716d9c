// useProcessedTrack for Vue.

import { computed, onScopeDispose, shallowRef, toValue, watchEffect } from "vue";
import { HeldTrack, NOTHING } from "./held_track.js";

/** @type {typeof import("../../types/vue.js").useProcessedTrack} */
export function useProcessedTrack(source, options = {}) {
  const state = shallowRef(NOTHING);
  const held = new HeldTrack((next) => {
    state.value = next;
  });
  // Not on a server, as nothing is mounted there.
  watchEffect(() => held.follow(toValue(source), read(toValue(options))), { flush: "post" });
  onScopeDispose(() => held.release());
  return {
    track: computed(() => state.value.track),
    ready: computed(() => state.value.ready),
    error: computed(() => state.value.error),
  };
}

/** Each value, so that Vue sees what is read. @param {unknown} options */
function read(options) {
  return typeof options === "object" && options !== null ? { ...options } : options;
}
