// What the frameworks' components write on the tag.

import { FORWARDED, namesOf, PROPERTIES } from "../element/settings.js";

/** @typedef {import("../options.js").Option} Option */

export const TAG = "selfie-segmentation";
export const EVENTS = [...FORWARDED, "error"];

/** Each option by its attribute's name and its property's. @type {Map<string, Option>} */
const OPTIONS = new Map(
  [...PROPERTIES.values()].flatMap((option) => [option.name, ...namesOf(option)].map((name) => [name, option])),
);

/**
 * A component's props as attributes: options by the attribute's name, all else as it is. What is as good as not there is
 * left out, as frameworks write some of it.
 *
 * @param {Record<string, unknown>} props
 * @returns {Record<string, unknown>}
 */
export function attributesOf(props) {
  /** @type {Record<string, unknown>} */
  const written = {};
  for (const [name, value] of Object.entries(props)) {
    const option = OPTIONS.get(name);
    const attribute = option ? writtenOf(option, value) : value;
    if (attribute !== undefined && attribute !== null) written[option?.attribute ?? name] = attribute;
  }
  return written;
}

/** @param {Option} option @param {unknown} value */
function writtenOf({ name, kind, initial }, value) {
  if (value === undefined || value === null) return undefined;
  const isOff = value === false || value === "false";
  if (kind === "flag") return isOff ? (initial ? "false" : undefined) : true;
  if (name === "camera" && typeof value === "boolean") return isOff ? undefined : "";
  return value;
}
