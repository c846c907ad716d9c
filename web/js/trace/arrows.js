// The graph's arrows, drawn behind its cards: from each step to what is made of it.

const SVG = "http://www.w3.org/2000/svg";
const HEAD = 5;
const LANE = 9;

export class Arrows {
  /** Lies behind the list that it is put into. */
  svg = document.createElementNS(SVG, "svg");
  #paths = document.createElementNS(SVG, "path");

  constructor() {
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.classList.add("trace-arrows");
    this.svg.append(this.#paths);
  }

  /** @param {[HTMLElement, HTMLElement][]} pairs from and to, children of one positioned list */
  draw(pairs) {
    const list = this.svg.parentElement;
    if (!list) return;
    const wide = getComputedStyle(list).getPropertyValue("--trace-across").trim() === "1";
    let bottom = list.clientHeight - HEAD;
    const path = (/** @type {[HTMLElement, HTMLElement]} */ pair) => {
      if (!wide) return down(pair);
      if (isNear(pair)) return across(pair);
      bottom -= LANE;
      return around(pair, bottom + LANE);
    };
    const longest = pairs.toSorted((one, other) => reach(other) - reach(one)); // the longest lies outside
    this.#paths.setAttribute("d", longest.map(path).join(""));
  }
}

/** @param {[HTMLElement, HTMLElement]} pair */
const reach = ([from, to]) => to.offsetLeft - from.offsetLeft;
/** @param {[HTMLElement, HTMLElement]} pair */
const isNear = (pair) => reach(pair) < 2 * pair[0].offsetWidth;

/** From left to right. @param {[HTMLElement, HTMLElement]} pair */
function across([from, to]) {
  const start = box(from);
  const end = box(to);
  const middle = (start.right + end.left) / 2;
  const tip = end.left - 2;
  return `M${start.right} ${start.middle}C${middle} ${start.middle} ${middle} ${end.middle} ${tip} ${end.middle}${headRight(tip, end.middle)}`;
}

/** Below what lies between. @param {[HTMLElement, HTMLElement]} pair @param {number} y */
function around([from, to], y) {
  const start = box(from);
  const end = box(to);
  const [x, tip] = [end.left + end.width / 2, end.bottom + 2];
  return `M${start.left + start.width / 2} ${start.bottom}V${y}H${x}V${tip}${headUp(x, tip)}`;
}

/** From top to bottom, at the left of the cards; the further, the wider. @param {[HTMLElement, HTMLElement]} pair */
function down([from, to]) {
  const start = box(from);
  const end = box(to);
  const steps = Math.max(1, Math.round((end.middle - start.middle) / (start.height || 1)));
  const x = start.left - Math.min(start.left - 2, 4 + 5 * steps);
  const [y, tip] = [start.middle + 6, end.left - 2];
  return `M${start.left} ${y}C${x} ${y} ${x} ${end.middle - 6} ${tip} ${end.middle - 6}${headRight(tip, end.middle - 6)}`;
}

/** @param {number} x @param {number} y */
const headRight = (x, y) => `M${x - HEAD} ${y - HEAD}L${x} ${y}L${x - HEAD} ${y + HEAD}`;
/** @param {number} x @param {number} y */
const headUp = (x, y) => `M${x - HEAD} ${y + HEAD}L${x} ${y}L${x + HEAD} ${y + HEAD}`;

/** @param {HTMLElement} element */
function box({ offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height }) {
  return { left, right: left + width, bottom: top + height, middle: top + height / 2, width, height };
}
