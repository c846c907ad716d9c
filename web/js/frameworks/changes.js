// What has to be told to a processed track whose options are given anew as a whole.

import { CHANGEABLE, WITHOUT_CAMERA } from "../track/track_options.js";

/** @typedef {import("../../types/pyselfie.js").TrackOptions} TrackOptions */

const SHOWS = ["effect", "background"];
const CHANGED_BY_METHODS = [...CHANGEABLE.map(({ name }) => name), "effectSource"];
/** With another value of these another track begins. */
const FIXED = WITHOUT_CAMERA.map(({ name }) => name).filter((name) => !CHANGED_BY_METHODS.includes(name));

/** @param {TrackOptions} before @param {TrackOptions} after @param {readonly string[]} names */
function differ(before, after, names) {
  return names.some((name) => !Object.is(Reflect.get(before, name), Reflect.get(after, name))); // NaN is NaN
}

/** @param {TrackOptions} before @param {TrackOptions} after */
export function isSame(before, after) {
  return !differ(before, after, [...FIXED, ...CHANGED_BY_METHODS]);
}

/** @param {TrackOptions} before @param {TrackOptions} after */
export function needsAnother(before, after) {
  return differ(before, after, FIXED);
}

/**
 * Options for `setOptions`, so that the track looks as one that begins with `after`: what is no longer given gets its
 * default.
 *
 * @param {TrackOptions} before
 * @param {TrackOptions} after
 * @returns {import("../../types/pyselfie.js").TrackChanges}
 */
export function changesOf(before, after) {
  /** @type {Record<string, unknown>} */
  const changes = {};
  for (const { name, initial } of CHANGEABLE) {
    if (!SHOWS.includes(name) && differ(before, after, [name])) changes[name] = Reflect.get(after, name) ?? initial;
  }
  if (differ(before, after, SHOWS)) Object.assign(changes, look(before, after));
  return changes;
}

/** A picture that stays is loaded again only where it has to say which effect it wants. @param {TrackOptions} before @param {TrackOptions} after */
function look(before, { effect, background }) {
  if (background === undefined) return { effect: effect ?? CHANGEABLE.find(({ name }) => name === "effect")?.initial };
  if (effect === undefined) return { background };
  return background === before.background ? { effect } : { effect, background };
}
