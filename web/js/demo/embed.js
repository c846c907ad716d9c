// The snippet builder: the page's choices as HTML for somebody else's page.

import { byId, radios } from "../dom.js";
import { optionsFor } from "../options.js";

/** @typedef {Record<string, any>} Look  Properties of the element. */

const SITE = new URL("../../", import.meta.url);
const SAMPLE = "samples/astronaut.jpg";
const SAID_FOR_MS = 4_000;

export class Embed {
  #snippet = byId("snippet", HTMLTextAreaElement);
  #camera = byId("snippet-camera", HTMLInputElement);
  #copied = byId("snippet-copied", HTMLParagraphElement);
  #frameHint = byId("frame-hint", HTMLParagraphElement);
  #kinds = radios("snippet");
  #look;

  /** @param {() => Look} look */
  constructor(look) {
    this.#look = look;
    for (const input of [...this.#kinds, this.#camera]) input.addEventListener("change", () => this.update());
    byId("snippet-copy", HTMLButtonElement).addEventListener("click", () => void this.#copy());
  }

  /** Something has been chosen: write the snippet again. */
  update() {
    const kind = this.#kinds.find((input) => input.checked)?.value;
    const attributes = attributesOf(this.#look(), this.#camera.checked);
    this.#frameHint.hidden = kind !== "frame";
    this.#snippet.value = kind === "frame" ? frameOf(attributes) : tagOf(attributes);
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#snippet.value);
      this.#copied.textContent = "Copied.";
    } catch {
      this.#snippet.select();
      this.#copied.textContent =
        "The browser doesn't let this page copy: the snippet is selected, so copy it yourself.";
    }
    setTimeout(() => {
      this.#copied.textContent = "";
    }, SAID_FOR_MS);
  }
}

/**
 * @param {Look} look
 * @param {boolean} camera
 * @returns {[string, string][]}
 */
function attributesOf(look, camera) {
  /** @type {[string, string][]} */
  const found = [camera ? ["camera", ""] : ["src", new URL(SAMPLE, SITE).href]];
  for (const { name, attribute, kind, choices, initial } of optionsFor("element")) {
    const value = look[name];
    if (value === undefined || (value === initial && name !== "effect")) continue;
    const text = kind === "model" ? choices[value] : String(value);
    found.push([attribute, value === true ? "" : text]);
  }
  return found;
}

/** @param {[string, string][]} attributes */
function tagOf(attributes) {
  const written = attributes.map(([name, value]) => (value ? `${name}="${escaped(value)}"` : name)).join(" ");
  const script = `<script type="module" src="${escaped(new URL("pyselfie.js", SITE).href)}"></script>`;
  return `${script}\n<selfie-segmentation ${written}></selfie-segmentation>`;
}

/** @param {[string, string][]} attributes */
function frameOf(attributes) {
  const url = new URL("widget.html", SITE);
  url.search = attributes.map(([name, value]) => (value ? `${name}=${encodeURIComponent(value)}` : name)).join("&");
  return `<iframe src="${escaped(url.href)}"\n  allow="camera" title="Picture with another background" width="640" height="360"></iframe>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}
