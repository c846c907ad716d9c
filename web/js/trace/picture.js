// Pictures and numbers of the trace, as they are shown.

/** Show a picture, and tell the style sheet its aspect. @param {HTMLCanvasElement} canvas @param {ImageData} picture */
export function showPicture(canvas, picture) {
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.style.setProperty("--ratio", String(picture.width / picture.height));
  }
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** A number as short as it is clear: bytes whole, floats with three digits. @param {number} value @param {string | null} dtype */
export function numberText(value, dtype) {
  return dtype === "uint8" ? String(value) : value.toFixed(3);
}
