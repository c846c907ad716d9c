// The messages between the widget and the page around it, version 1; `docs/widget.md` describes them.

import { show } from "../show.js";

export const VERSION = 1;
const LONGEST_ID = 64;
const LONGEST_VALUE = 2048;

/** What a page may set. Not the camera: that takes a click. @type {Record<string, string[]>} */
const OPTIONS = {
  src: ["string"],
  effect: ["string"],
  background: ["string"],
  fit: ["string"],
  strength: ["number"],
  modelSelection: ["number", "string"],
  mirror: ["boolean"],
  paused: ["boolean"],
};
const TYPES = ["set", "snapshot", "state"];

/** @typedef {{type: "set", id?: string | number, options: Record<string, unknown>} | {type: "snapshot" | "state", id?: string | number}} Request */

/** A request with a mistake in it; the message is one sentence for the developer. */
export class ProtocolError extends Error {
  /** @param {string} message @param {string | number | undefined} id */
  constructor(message, id) {
    super(message);
    this.id = id;
  }
}

/**
 * @param {any} data
 * @returns {Request | null} Null if it is not meant for the widget.
 * @throws {ProtocolError}
 */
export function readRequest(data) {
  if (typeof data !== "object" || data === null || !("pyselfie" in data)) return null;
  const id = isId(data.id) ? data.id : undefined;
  if (data.pyselfie !== VERSION) {
    throw new ProtocolError(
      `The message has version ${show(data.pyselfie)}; this widget speaks version ${VERSION}.`,
      id,
    );
  }
  if (data.id !== undefined && id === undefined) {
    throw new ProtocolError(
      `id is ${show(data.id)}, but it has to be a number or a string of at most ${LONGEST_ID} characters.`,
      id,
    );
  }
  if (!TYPES.includes(data.type)) {
    throw new ProtocolError(`type is ${show(data.type)}, but it has to be one of ${TYPES.join(", ")}.`, id);
  }
  if (data.type === "set") checkOptions(data.options, id);
  return data;
}

/** @param {unknown} id */
function isId(id) {
  return Number.isFinite(id) || (typeof id === "string" && id.length <= LONGEST_ID);
}

/** @param {any} options @param {string | number | undefined} id */
function checkOptions(options, id) {
  if (typeof options !== "object" || options === null) {
    throw new ProtocolError(`options is ${show(options)}, but it has to be an object.`, id);
  }
  for (const [name, value] of Object.entries(options)) {
    const kinds = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : null;
    if (!kinds) {
      throw new ProtocolError(
        `There is no option ${show(name)}; the options are ${Object.keys(OPTIONS).join(", ")}.`,
        id,
      );
    }
    if (value !== null && (!kinds.includes(typeof value) || String(value).length > LONGEST_VALUE)) {
      throw new ProtocolError(`${name} is ${show(value)}, but it has to be a ${kinds.join(" or a ")}, or null.`, id);
    }
  }
}
