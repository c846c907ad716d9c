// The messages between the widget and the page around it, version 1; `docs/widget.md` describes them.

import { faultOf, optionsFor, unknownOption } from "../options.js";
import { show } from "../show.js";

export const VERSION = 1;
const LONGEST_ID = 64;
const LONGEST_VALUE = 2048;

/** What a page may set. Not the camera: that takes a click. */
const OPTIONS = new Map(optionsFor("message").map((option) => [option.name, option]));
/** What of JavaScript's types each kind has; the element judges the value. @type {Record<string, string[]>} */
const SORTS = { number: ["number"], flag: ["boolean"], model: ["number", "string"] };
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
    const option = OPTIONS.get(name);
    if (!option) throw new ProtocolError(unknownOption(name, [...OPTIONS.keys()]), id);
    if (value === null) continue;
    if (!(SORTS[option.kind] ?? ["string"]).includes(typeof value)) {
      throw new ProtocolError(`${faultOf(option, value)}; null is its default.`, id);
    }
    if (String(value).length > LONGEST_VALUE) {
      throw new ProtocolError(`${name} has more than ${LONGEST_VALUE} characters; nothing was set.`, id);
    }
  }
}
