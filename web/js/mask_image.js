// What the engine tells in arrays, as pictures that canvases can draw.

/**
 * @param {{width: number, height: number, data: Float32Array}} mask  0..1
 * @returns {ImageData} White; the mask is its alpha, so that `source-in` and its kin cut with it.
 */
export function maskImage({ width, height, data }) {
  const image = new ImageData(width, height);
  image.data.fill(255);
  for (let index = 0; index < data.length; index++) image.data[4 * index + 3] = Math.round(255 * data[index]);
  return image;
}

/**
 * @param {{width: number, height: number, names: string[], data: Float32Array}} classes  Plane after plane, 0..1.
 * @returns {Record<string, ImageData>}  By name, each as `maskImage` makes it.
 */
export function classImages({ width, height, names, data }) {
  const size = width * height;
  const plane = (/** @type {number} */ index) => data.subarray(index * size, (index + 1) * size);
  return Object.fromEntries(names.map((name, index) => [name, maskImage({ width, height, data: plane(index) })]));
}

/**
 * @param {any} answer  What the engine says of a step.
 * @returns {import("../types/pyselfie.d.ts").TracedArray}
 */
export function tracedArray({ npy, offset, dtype, shape, picture, histogram }) {
  const data = dtype === "uint8" ? npy.subarray(offset) : new Float32Array(npy.buffer, offset);
  const { width, height } = picture;
  const image = new ImageData(new Uint8ClampedArray(picture.data.buffer), width, height);
  return { dtype, shape, data, npy, picture: image, histogram };
}
