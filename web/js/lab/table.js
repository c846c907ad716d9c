// The table that Python has made: a heading of two rows with buttons that sort, a line for each picture.

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
    const group = make("th", title);
    group.colSpan = SIDES.length;
    group.scope = "colgroup";
    group.className = "group";
    group.append(make("small", `${better} is better`));
    above.append(group);
    for (const side of SIDES) below.append(sorter(table, `${key} ${side.key}`, side.title, title));
    below.children[below.children.length - SIDES.length].classList.add("first");
  }
  return [above, below];
}

/** @param {Table} table @param {string} order @param {string} title @param {string} [measure] */
function sorter({ order: current, descending }, order, title, measure) {
  const cell = make("th");
  cell.scope = "col";
  cell.className = "pressed";
  const button = make("button", title);
  button.type = "button";
  button.dataset.key = `sort ${order}`;
  button.dataset.order = order;
  if (measure) button.setAttribute("aria-label", `${measure}, ${title}`);
  if (order === current) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
  cell.append(button);
  return cell;
}

/** @param {Line} row @param {"mean" | "plain" | ""} kind @param {boolean} [isShown] */
function line({ name, cells }, kind, isShown = false) {
  const row = make("tr");
  const head = make("th", kind ? name : "");
  head.scope = "row";
  head.className = kind ? "name" : "name pressed";
  if (kind) row.className = kind;
  else {
    row.dataset.name = name;
    const button = make("button", name);
    button.type = "button";
    button.dataset.key = `show ${name}`;
    if (isShown) row.setAttribute("aria-current", "true");
    head.append(button);
  }
  row.append(head, ...cells.map(number));
  return row;
}

/** @param {Cell} cell */
function number({ text, tone }) {
  const cell = make("td", text);
  if (tone) cell.dataset.tone = tone;
  return cell;
}

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} [text] */
function make(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
