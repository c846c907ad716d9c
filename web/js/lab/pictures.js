// Picture files as bitmaps, with the numbers that stand in the file: no colours are converted.

import { fitting, load } from "../sources/photo.js";
import { SourceError } from "../sources/sources.js";

/**
 * @param {File} file
 * @returns {Promise<ImageBitmap>} the caller's; a very large picture is made smaller
 */
async function read(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url, file.name);
    const settings = { ...fitting(image), colorSpaceConversion: /** @type {const} */ ("none") };
    return await createImageBitmap(file, settings).catch(() => {
      throw new SourceError(
        `“${file.name}” could not be decoded: it is damaged, or its ${image.naturalWidth} × ${image.naturalHeight} pixels are too many for this device.`,
      );
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Pictures and their masks, read one by one. */
export class Pictures {
  #pictures;
  #truths;
  clip = false;

  /** @param {File[]} pictures @param {File[]} truths */
  constructor(pictures, truths) {
    this.#pictures = pictures;
    this.#truths = truths;
  }

  /** @param {import("./lab.js").Pair} pair @returns {Promise<[ImageBitmap, ImageBitmap | null]>} */
  async read({ picture, truth }) {
    const shown = await read(this.#pictures[picture]);
    try {
      return [shown, await read(this.#truths[truth])];
    } catch (error) {
      shown.close();
      throw error;
    }
  }

  close() {}
}
