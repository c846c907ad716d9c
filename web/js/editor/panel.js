// An editor for effects in any page: all of it in a shadow root, so that neither knows the other's styles and ids.

import { byId, make, on } from "../dom.js";
import { mount } from "../mount.js";
import { kindOf, show } from "../show.js";
import { Bench } from "./bench.js";
import { Editor } from "./editor.js";
import { MARKUP, SOURCE, STYLE } from "./look.js";
import { Writing } from "./writing.js";

/** @typedef {import("../../types/pyselfie.js").SelfieSegmentationElement} Selfie */
/** @typedef {import("../../types/pyselfie_editor.d.ts").EditorOptions} Options */

const WHO =
  "mountEditor takes the element that it puts the editor into, and the <selfie-segmentation> that it writes for.";

/**
 * Put an editor into `section`, and run what stands in it.
 *
 * @param {HTMLElement} section
 * @param {Selfie} selfie
 * @param {Options} [options]
 * @returns {() => void} ends it: the editor goes, what runs stays
 */
export function mountEditor(section, selfie, options = {}) {
  if (!(section instanceof HTMLElement) || typeof selfie?.setEffectValues !== "function") throw new TypeError(WHO);
  checkOptions(Object(options));
  return mount(section, () => new EditorPanel(selfie, options, isLight(section)));
}

/** @param {Options} options */
function checkOptions({ source, values, onChange }) {
  if (source !== undefined && typeof source !== "string")
    throw new TypeError(`The editor's source is ${show(source)}, but it has to be Python's text.`);
  if (values !== undefined && kindOf(values) !== "Object")
    throw new TypeError(`The editor's values are ${show(values)}, but they have to be an object of parameters.`);
  if (onChange !== undefined && typeof onChange !== "function")
    throw new TypeError(`The editor's onChange is ${show(onChange)}, but it has to be a function.`);
}

/** Whether the page around it is light whatever the user prefers. @param {HTMLElement} section */
function isLight(section) {
  return !getComputedStyle(section).colorScheme.includes("dark");
}

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** One for all of them; made by script, it needs nothing of the page's `style-src`. */
function styles() {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

class EditorPanel {
  element = make("div");
  #bench;
  #ended = new AbortController();

  /** @param {Selfie} selfie @param {Options} options @param {boolean} isLight */
  constructor(selfie, { source = SOURCE, values = {}, onChange }, isLight) {
    const root = this.element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles()];
    root.innerHTML = MARKUP;
    byId("bench", HTMLDivElement, root).dataset.scheme = isLight ? "light" : "any";
    const editor = new Editor(byId("editor", HTMLDivElement, root));
    const writing = new Writing(selfie, editor);
    this.#bench = new Bench(selfie, editor, writing, root);
    const { signal } = this.#ended;
    // Only of a stream it says how many frames a mask serves; then a frame has to be ready for the next one.
    const hear = (/** @type {import("../../types/pyselfie.js").Statistics} */ { framesPerMask }) =>
      this.#bench.verdict.setSource({ kind: framesPerMask === undefined ? "photo" : "camera" });
    on(selfie, "stats", hear, { signal });
    editor.begin(source, 1);
    writing.begin(values);
    const tell = () => onChange?.({ source: editor.text, values: writing.values });
    writing.addEventListener("rest", tell, { signal });
  }

  end() {
    this.#ended.abort();
    this.#bench.end();
  }
}
