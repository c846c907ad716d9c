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
  context.globalAlpha = counts.length > 1 ? 0.5 : 1;
  for (const [channel, bins] of counts.entries()) {
    context.fillStyle = counts.length > 1 ? (COLOURS[channel] ?? own) : own;
    const width = WIDTH / bins.length;
    for (const [index, count] of bins.entries()) {
      const height = (HEIGHT * Math.log1p(count)) / most;
      context.fillRect(index * width, HEIGHT - height, width, height);
    }
  }
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const text = `Histogram: ${total.toLocaleString("en")} values from ${low} to ${high}`;
  canvas.setAttribute("aria-label", text);
}
