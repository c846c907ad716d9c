/**
 * A new element with these properties and contents; a name with "-" is an attribute.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [given]
 * @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, given = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...inside);
  return element;
}

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
