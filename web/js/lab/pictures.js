// Picture files as bitmaps, with the numbers that stand in the file: no colours are converted.

import { fitting, load } from "../sources/photo.js";
import { SourceError } from "../sources/sources.js";
import { isWhole } from "../sources/whole.js";

const pixels = (/** @type {number} */ count) => count.toLocaleString("en");

/** Pictures and their masks, read one by one. */
export class Pictures {
  #pictures;
  #truths;
  #tell;
  /** @type {Set<File>} of which has been told that they are very large */
  #told = new Set();
  clip = false;

  /** @param {File[]} pictures @param {File[]} truths @param {(sentence: string) => void} tell */
  constructor(pictures, truths, tell) {
    this.#pictures = pictures;
    this.#truths = truths;
    this.#tell = tell;
  }

  /** @param {import("./lab.js").Pair} pair @returns {Promise<import("./lab.js").Taken>} */
  async read({ picture, truth }) {
    const shown = await this.#read(this.#pictures[picture]);
    try {
      const file = this.#truths[truth];
      return { picture: shown, hasPalette: await hasPalette(file), truth: await this.#read(file) };
    } catch (error) {
      shown.close();
      throw error;
    }
  }

  /** @param {File} file @returns {Promise<ImageBitmap>} the caller's; a very large picture is made smaller */
  async #read(file) {
    const url = URL.createObjectURL(file);
    try {
      const image = await load(url, file.name);
      const size = `${pixels(image.naturalWidth)} × ${pixels(image.naturalHeight)} pixels`;
      const settings = { ...fitting(image), colorSpaceConversion: /** @type {const} */ ("none") };
      const bitmap = (await isWhole(file)) && (await createImageBitmap(file, settings).catch(() => null));
      if (!bitmap) {
        throw new SourceError(
          `“${file.name}” could not be decoded: it is damaged, or its ${size} are too many for this device.`,
        );
      }
      if (bitmap.width < image.naturalWidth && !this.#told.has(file)) {
        this.#told.add(file);
        this.#tell(
          `“${file.name}” is very large (${size}), so it is measured at ${pixels(bitmap.width)} × ${pixels(bitmap.height)}.`,
        );
      }
      return bitmap;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  close() {}
}

/** Whether a file has its colours in a palette: GIFs, and PNGs and BMPs of that kind. @param {Blob} file */
async function hasPalette(file) {
  const head = new Uint8Array(await file.slice(0, 30).arrayBuffer());
  if (head[0] === 0x42 && head[1] === 0x4d) return head[28] <= 8; // bits a pixel
  const letters = String.fromCharCode(...head.subarray(1, 4));
  return letters === "IF8" || (letters === "PNG" && head[25] === 3);
}
