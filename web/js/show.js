// Values as error messages show them; pysrc/pyselfie/core/show.py does the same in Python. Nothing that a page can pass makes these functions throw.

const LONGEST = 80;

/** @param {string} text */
function shorten(text) {
  const start = [...text.slice(0, 2 * LONGEST + 1)]; // characters, of which each may be two of JavaScript's
  return start.length > LONGEST ? `${start.slice(0, LONGEST).join("")}…` : text;
}

/** @param {string} text */
function oneLine(text) {
  return shorten(text).replaceAll(/\s+/g, " ");
}

/** The name of its class, or what it gives itself out for. @param {unknown} value */
export function kindOf(value) {
  try {
    return oneLine(Object.prototype.toString.call(value).slice(8, -1));
  } catch {
    return "Object"; // a revoked proxy, or a getter of its name that throws
  }
}

/** @param {unknown} value */
export function show(value) {
  if (typeof value === "string") return `“${oneLine(value)}”`;
  return oneLine(Object(value) === value ? `[object ${kindOf(value)}]` : String(value));
}

/** What an attribute is set to. `String` fails for some objects; those get what a message would show. @param {unknown} value */
export function textOf(value) {
  try {
    return String(value);
  } catch {
    return show(value);
  }
}
