// What the address of the widget asks for; `docs/widget.md` says what there is.

import { optionsFor, unknownOption } from "../options.js";
import { show } from "../show.js";

const OPTIONS = optionsFor("address");
const THEME = ["accent", "surface", "text"];
const SCHEMES = ["light", "dark"];
const OTHER = ["camera", "offline", "origins", "scheme"];

/**
 * @typedef {object} Asked
 * @property {Record<string, string>} attributes
 * @property {string | null} camera  Which camera the button opens; null: no button.
 * @property {boolean} offline  Keep pyselfie's files, for use without a network.
 * @property {string[]} origins  Whom the widget answers.
 * @property {Record<string, string>} colors
 * @property {string} scheme
 * @property {string[]} complaints  A sentence for each mistake in the address.
 */

/** @param {string} search @returns {Asked} */
export function readWidgetQuery(search) {
  const query = new URLSearchParams(search);
  const known = [...OPTIONS.map(({ attribute }) => attribute), ...THEME, ...OTHER];
  const complaints = [...new Set(query.keys())]
    .filter((name) => !known.includes(name))
    .map((name) => unknownOption(name, known));
  return {
    attributes: attributes(query),
    camera: query.get("camera"),
    offline: query.has("offline"),
    origins: origins(query.get("origins"), complaints),
    colors: colors(query, complaints),
    scheme: scheme(query.get("scheme"), complaints),
    complaints,
  };
}

/** @param {URLSearchParams} query */
function attributes(query) {
  const given = OPTIONS.filter(({ attribute }) => query.has(attribute));
  const texts = given.map(({ attribute, kind }) => ({ attribute, kind, text: query.get(attribute) ?? "" }));
  const wanted = texts.filter(({ kind, text }) => kind === "flag" || text !== "false");
  return Object.fromEntries(wanted.map(({ attribute, text }) => [attribute, text]));
}

/** @param {string | null} list @param {string[]} complaints */
function origins(list, complaints) {
  const asked = (list ?? "").split(",").filter(Boolean);
  const allowed = asked.filter((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
  for (const origin of asked.filter((one) => !allowed.includes(one))) {
    complaints.push(
      `${show(origin)} in origins isn't an origin: write it like https://example.org, without a path or a slash at the end.`,
    );
  }
  return allowed;
}

/** @param {URLSearchParams} query @param {string[]} complaints */
function colors(query, complaints) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of THEME) {
    const value = query.get(name);
    if (value === null) continue;
    if (CSS.supports("color", value)) found[name] = value;
    else complaints.push(`${name} is ${show(value)}, which isn't a valid CSS colour.`);
  }
  return found;
}

/** @param {string | null} value @param {string[]} complaints */
function scheme(value, complaints) {
  if (value === null || SCHEMES.includes(value)) return value ?? "light dark";
  complaints.push(`scheme is ${show(value)}, but it has to be light or dark.`);
  return "light dark";
}
