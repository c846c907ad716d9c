// How often each value is there, channel by channel.

const COLOURS = ["#d33", "#2a2", "#36f", "#888"];
const HEIGHT = 96;
const WIDTH = 256;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{low: number, high: number, counts: number[][]}} histogram
 */
export function drawHistogram(canvas, { low, high, counts }) {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  // Most of a mask is 0 or 1: on a straight scale nothing else would be seen.
  const most = Math.log1p(Math.max(1, ...counts.flat()));
  const own = getComputedStyle(canvas).color;
  const isOne = counts.length === 1;
  for (const [channel, bins] of counts.entries()) {
    context.fillStyle = isOne ? own : (COLOURS[channel] ?? own);
    context.globalAlpha = isOne ? 1 : 0.15;
    context.fill(outline(bins, most));
    context.globalAlpha = 1;
    context.strokeStyle = context.fillStyle;
    if (!isOne) context.stroke(outline(bins, most));
  }
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const text = `Histogram: ${total.toLocaleString("en")} values from ${low} to ${high}`;
  canvas.setAttribute("aria-label", text);
}

/** @param {number[]} bins @param {number} most */
function outline(bins, most) {
  const path = new Path2D();
  const width = WIDTH / bins.length;
  path.moveTo(0, HEIGHT);
  for (const [index, count] of bins.entries()) {
    const y = HEIGHT - (HEIGHT * Math.log1p(count)) / most;
    path.lineTo(index * width, y);
    path.lineTo((index + 1) * width, y);
  }
  path.lineTo(WIDTH, HEIGHT);
  return path;
}
