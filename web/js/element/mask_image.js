// The mask as a picture that canvases can draw.

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
