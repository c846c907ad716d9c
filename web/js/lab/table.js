// The table that Python has made: a heading of two rows with buttons that sort, a line for each picture.

import { make } from "../dom.js";

/**
 * @typedef {import("./lab.js").Table} Table
 * @typedef {import("./lab.js").Line} Line
 * @typedef {import("./lab.js").Cell} Cell
 */

const SIDES = [
  { key: "a", title: "A" },
  { key: "b", title: "B" },
  { key: "difference", title: "B − A" },
];

/**
 * @param {HTMLTableElement} element
 * @param {Table} table
 * @param {string} shown the name of the picture in the view
 */
export function drawTable(element, table, shown) {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
  element.tHead?.replaceChildren(...heading(table));
  const mean = table.mean ? [line(table.mean, "mean")] : [];
  element.tBodies[0].replaceChildren(...mean, ...table.rows.map((row) => line(row, "", row.name === shown)));
  const again = focused ? element.querySelector(`[data-key="${CSS.escape(focused)}"]`) : null;
  if (again instanceof HTMLElement) again.focus();
}

/** The measures between frames. @param {HTMLTableElement} element @param {Line[]} lines */
export function drawClip(element, lines) {
  element.hidden = lines.length === 0;
  element.tBodies[0].replaceChildren(...lines.map((one) => line(one, "plain")));
}

/** @param {Table} table */
function heading(table) {
  const [above, below] = [make("tr"), make("tr")];
  const name = sorter(table, "name", "Picture");
  name.rowSpan = 2;
  name.classList.add("name");
  above.append(name);
  for (const { key, title, better } of table.measures) {
    const hint = make("small", {}, `${better} is better`);
    above.append(make("th", { colSpan: SIDES.length, scope: "colgroup", className: "group" }, title, hint));
    for (const side of SIDES) below.append(sorter(table, `${key} ${side.key}`, side.title, title));
    below.children[below.children.length - SIDES.length].classList.add("first");
  }
  return [above, below];
}

/** @param {Table} table @param {string} order @param {string} title @param {string} [measure] */
function sorter({ order: current, descending }, order, title, measure) {
  const button = make("button", { type: "button", "data-key": `sort ${order}`, "data-order": order }, title);
  if (measure) button.setAttribute("aria-label", `${measure}, ${title}`);
  const cell = make("th", { scope: "col", className: "pressed" }, button);
  if (order === current) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
  return cell;
}

/** @param {Line} row @param {"mean" | "plain" | ""} kind @param {boolean} [isShown] */
function line({ name, cells }, kind, isShown = false) {
  const row = make("tr");
  const head = make("th", { scope: "row", className: kind ? "name" : "name pressed" });
  if (kind) {
    row.className = kind;
    head.append(name);
  } else {
    row.dataset.name = name;
    if (isShown) row.setAttribute("aria-current", "true");
    head.append(make("button", { type: "button", "data-key": `show ${name}` }, name));
  }
  row.append(head, ...cells.map(number));
  return row;
}

/** @param {Cell} cell */
function number({ text, tone }) {
  const cell = make("td", {}, text);
  if (tone) cell.dataset.tone = tone;
  return cell;
}
