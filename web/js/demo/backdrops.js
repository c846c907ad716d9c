// Background pictures: the built-in ones, loaded when they are chosen, and one of the user's own.

import { byId, radios } from "../dom.js";
import { readPicture } from "../sources/photo.js";
import { SourceError } from "../sources/sources.js";

/** Emits `change` when another picture was chosen and `fault` {sentence} when a file is none. */
export class Backdrops extends EventTarget {
  #radios = radios("backdrop");
  #tile = byId("own-backdrop", HTMLLabelElement);
  #input = byId("backdrop-input", HTMLInputElement);
  /** @type {File | null} */
  #own = null;
  /** @type {string | null} What the engine has: the value of a radio. */
  #delivered = null;

  constructor() {
    super();
    for (const radio of this.#radios) radio.addEventListener("change", () => this.#emit("change"));
    byId("backdrop-button", HTMLButtonElement).addEventListener("click", () => this.#input.click());
    this.#input.addEventListener("change", () => void this.#adopt(this.#input.files?.[0]));
  }

  /**
   * Make sure that the engine has the chosen picture.
   *
   * @param {(bitmap: ImageBitmap) => void} setBackdrop  Takes the bitmap over.
   * @returns {Promise<boolean>} False if another picture was chosen meanwhile, or this one could not be loaded.
   */
  async deliver(setBackdrop) {
    const { value } = this.#chosen;
    if (value === this.#delivered) return true;
    try {
      const { bitmap } = await readPicture(await this.#read(value), "The background picture");
      if (value !== this.#chosen.value) {
        bitmap.close();
        return false;
      }
      this.#delivered = value;
      setBackdrop(bitmap);
      return true;
    } catch (error) {
      this.#fault(error);
      return false;
    }
  }

  /** URL of the chosen picture; of one's own, which is nowhere yet, a place to fill in. */
  get address() {
    const { value } = this.#chosen;
    return this.#own && value === this.#ownRadio.value ? "your-picture.jpg" : new URL(value, document.baseURI).href;
  }

  get #chosen() {
    return this.#radios.find((radio) => radio.checked) ?? this.#radios[0];
  }

  /**
   * @param {string} value
   * @returns {Promise<Blob>}
   */
  async #read(value) {
    if (this.#own && value === this.#ownRadio.value) return this.#own;
    const response = await fetch(value).catch(() => null);
    if (!response?.ok) throw new SourceError("That background picture could not be loaded: choose another one.");
    return response.blob();
  }

  get #ownRadio() {
    return this.#radios[this.#radios.length - 1];
  }

  /** @param {File | undefined} file */
  async #adopt(file) {
    this.#input.value = "";
    if (!file) return;
    try {
      const { bitmap } = await readPicture(file, file.name);
      bitmap.close();
    } catch (error) {
      this.#fault(error);
      return;
    }
    this.#own = file;
    this.#showOwn(file);
    this.#emit("change");
  }

  /** @param {File} file */
  #showOwn(file) {
    const image = /** @type {HTMLImageElement} */ (this.#tile.querySelector("img"));
    const url = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(url);
    image.src = url;
    this.#ownRadio.value = url; // Unique, so that a second upload counts as another picture.
    this.#ownRadio.checked = true;
    this.#tile.hidden = false;
  }

  /** @param {unknown} error */
  #fault(error) {
    const sentence = error instanceof SourceError ? error.message : String(error);
    this.dispatchEvent(new CustomEvent("fault", { detail: { sentence } }));
  }

  /** @param {string} type */
  #emit(type) {
    this.dispatchEvent(new Event(type));
  }
}
