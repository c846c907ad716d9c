/**
 * The background, blurred as if the person were not there: what core/blur.py does at the strength 0.5, in plain loops. Colours
 * count with the weight that they are background, at half the mask's size; a faint and much wider blur, and the mean, stand
 * in where there is no background far and wide. All buffers have four floats a pixel: colour times weight, and the weight.
 */

import { HEIGHT, WIDTH } from "./handjs_model.js";

const [HALF_WIDTH, HALF_HEIGHT] = [WIDTH / 2, HEIGHT / 2];
const COARSE = 4; // pixels of half the size along each side of a coarse one
const [COARSE_WIDTH, COARSE_HEIGHT] = [HALF_WIDTH / COARSE, HALF_HEIGHT / COARSE];
const PERSON_FROM = 0.1;
const COARSE_WEIGHT = 0.02;
const MEAN_WEIGHT = 1e-4;
const NEUTRAL = [127, 127, 127, 1];

const SIGMA = 0.026 * HEIGHT; // of a frame of the mask's aspect
const VARIANCE = (SIGMA ** 2 - 1) / 4 / 3; // of each of three boxes: half the size and back adds 1
// Three pixels count fully, the next one on each side by this part: such boxes have variances of 2/3 to 2.
const PART = (2 - 3 * VARIANCE) / (2 * (VARIANCE - 4));
const INNER = 1 / (3 + 2 * PART);
const OUTER = PART * INNER;
const PAD = 8; // two pixels of nothing at both ends of a line

const half = new Float32Array(HALF_WIDTH * HALF_HEIGHT * 4);
const coarse = new Float32Array(COARSE_WIDTH * COARSE_HEIGHT * 4);
const middle = new Float32Array(coarse.length * 4);
const wide = new Float32Array(half.length);
const line = new Float32Array(HALF_WIDTH * 4 + 2 * PAD);
const other = new Float32Array(line.length);
const row = new Float32Array(HALF_WIDTH * 4 + 8); // with the first and the last pixel twice

/**
 * @param {Uint8ClampedArray} sample the frame, RGBA
 * @param {Float32Array} mask
 * @param {Uint32Array} pixels get the colours, ABGR; alpha is 0
 */
export function blurBackground(sample, mask, pixels) {
  weigh(sample, mask);
  shrink();
  const mean = meanOf(coarse);
  blur(half, HALF_WIDTH, HALF_HEIGHT);
  blur(coarse, COARSE_WIDTH, COARSE_HEIGHT);
  for (let i = 0; i < coarse.length; i++) coarse[i] = COARSE_WEIGHT * (coarse[i] + MEAN_WEIGHT * mean[i % 4]);
  double(coarse, COARSE_WIDTH, COARSE_HEIGHT, middle);
  double(middle, COARSE_WIDTH * 2, COARSE_HEIGHT * 2, wide);
  for (let i = 0; i < half.length; i += 4) {
    const share = 1 / (half[i + 3] + wide[i + 3]);
    half[i] = (half[i] + wide[i]) * share;
    half[i + 1] = (half[i + 1] + wide[i + 1]) * share;
    half[i + 2] = (half[i + 2] + wide[i + 2]) * share;
  }
  doubleToPixels(pixels);
}

/**
 * Means of 2x2 pixels.
 *
 * @param {Uint8ClampedArray} sample
 * @param {Float32Array} mask
 */
function weigh(sample, mask) {
  half.fill(0);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      const weight = 0.25 - (0.25 / PERSON_FROM) * mask[i];
      if (weight <= 0) continue;
      const to = 4 * ((y >> 1) * HALF_WIDTH + (x >> 1));
      half[to] += sample[4 * i] * weight;
      half[to + 1] += sample[4 * i + 1] * weight;
      half[to + 2] += sample[4 * i + 2] * weight;
      half[to + 3] += weight;
    }
  }
}

function shrink() {
  coarse.fill(0);
  for (let y = 0, i = 0; y < HALF_HEIGHT; y++) {
    const start = 4 * COARSE_WIDTH * Math.trunc(y / COARSE);
    for (let x = 0; x < HALF_WIDTH; x++, i += 4) {
      const to = start + 4 * Math.trunc(x / COARSE);
      for (let channel = 0; channel < 4; channel++) coarse[to + channel] += half[i + channel] / COARSE ** 2;
    }
  }
}

/** The mean colour, and 1 for the weight; neutral if there is nothing of any weight. @param {Float32Array} pixels */
function meanOf(pixels) {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 4] += pixels[i];
  return sums[3] > 0 ? sums.map((sum) => sum / sums[3]) : NEUTRAL;
}

/**
 * Three boxes along each axis, in place; there is nothing outside.
 *
 * @param {Float32Array} pixels
 * @param {number} width
 * @param {number} height
 */
function blur(pixels, width, height) {
  for (let y = 0; y < height; y++) blurLine(pixels, 4 * width * y, 4, width);
  for (let x = 0; x < width; x++) blurLine(pixels, 4 * x, 4 * width, height);
}

/**
 * @param {Float32Array} pixels
 * @param {number} start
 * @param {number} step
 * @param {number} count
 */
function blurLine(pixels, start, step, count) {
  const end = PAD + 4 * count;
  for (let i = PAD, at = start; i < end; i += 4, at += step) {
    line[i] = pixels[at];
    line[i + 1] = pixels[at + 1];
    line[i + 2] = pixels[at + 2];
    line[i + 3] = pixels[at + 3];
  }
  line.fill(0, end, end + PAD); // a longer line may have been here
  other.fill(0, end, end + PAD);
  box(line, other, end);
  box(other, line, end);
  box(line, other, end);
  for (let i = PAD, at = start; i < end; i += 4, at += step) {
    pixels[at] = other[i];
    pixels[at + 1] = other[i + 1];
    pixels[at + 2] = other[i + 2];
    pixels[at + 3] = other[i + 3];
  }
}

/**
 * Channel by channel, so that each float is read once.
 *
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} end
 */
function box(from, to, end) {
  for (let channel = PAD; channel < PAD + 4; channel++) {
    let before = 0;
    let left = 0;
    let here = from[channel];
    let right = from[channel + 4];
    for (let i = channel; i < end; i += 4) {
      const after = from[i + 8];
      to[i] = OUTER * (before + after) + INNER * (left + here + right);
      before = left;
      left = here;
      here = right;
      right = after;
    }
  }
}

/**
 * Bilinear with half-pixel centres, edges repeated.
 *
 * @param {Float32Array} from
 * @param {number} width
 * @param {number} height
 * @param {Float32Array} to
 */
function double(from, width, height, to) {
  for (let y = 0, at = 0; y < 2 * height; y++) {
    mixRows(from, width, height, y);
    for (let i = 4; i <= 4 * width; i += 4, at += 8) {
      for (let channel = 0; channel < 4; channel++) {
        const here = 0.75 * row[i + channel];
        to[at + channel] = here + 0.25 * row[i + channel - 4];
        to[at + channel + 4] = here + 0.25 * row[i + channel + 4];
      }
    }
  }
}

/** The same of `half`, rounded, a pixel at a time. @param {Uint32Array} pixels */
function doubleToPixels(pixels) {
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    mixRows(half, HALF_WIDTH, HALF_HEIGHT, y);
    for (let i = 4; i <= 4 * HALF_WIDTH; i += 4, at += 2) {
      const [red, green, blue] = [0.75 * row[i] + 0.5, 0.75 * row[i + 1] + 0.5, 0.75 * row[i + 2] + 0.5];
      pixels[at] = (red + 0.25 * row[i - 4]) | ((green + 0.25 * row[i - 3]) << 8) | ((blue + 0.25 * row[i - 2]) << 16);
      pixels[at + 1] =
        (red + 0.25 * row[i + 4]) | ((green + 0.25 * row[i + 5]) << 8) | ((blue + 0.25 * row[i + 6]) << 16);
    }
  }
}

/**
 * Makes a row of the doubled height, its first and last pixel twice.
 *
 * @param {Float32Array} from
 * @param {number} width
 * @param {number} height
 * @param {number} y
 */
function mixRows(from, width, height, y) {
  const stride = 4 * width;
  const near = stride * (y >> 1);
  const far = stride * Math.max(0, Math.min(height - 1, (y >> 1) + (y % 2 ? 1 : -1)));
  for (let i = 0; i < stride; i++) row[i + 4] = 0.75 * from[near + i] + 0.25 * from[far + i];
  row.copyWithin(0, 4, 8);
  row.copyWithin(stride + 4, stride, stride + 4);
}
