// The editor, its controls, the verdict and the console, in a page or a shadow root that has their markup, connected with
// what runs the text.

import { byId, on } from "../dom.js";
import { Parameters } from "./parameters.js";
import { Printed } from "./printed.js";
import { Verdict } from "./verdict.js";

/** @typedef {import("../../types/pyselfie.js").EffectState} State */
/** @typedef {import("../../types/pyselfie.js").SelfieSegmentationElement} Stage */

export class Bench {
  editor;
  parameters;
  printed;
  verdict;
  #writing;
  #ended = new AbortController();

  /**
   * @param {Stage} stage
   * @param {import("./editor.js").Editor} editor
   * @param {import("./writing.js").Writing} writing
   * @param {Document | ShadowRoot} [root]
   */
  constructor(stage, editor, writing, root = document) {
    this.editor = editor;
    this.#writing = writing;
    this.parameters = new Parameters(root);
    this.printed = new Printed(root);
    this.verdict = new Verdict(root);
    on(this.verdict, "line", ({ line }) => editor.goTo(line));
    on(this.verdict, "stop", () => stage.stopEffect());
    on(this.parameters, "change", ({ values }) => writing.set(values));
    byId("run-button", HTMLButtonElement, root).addEventListener("click", () => writing.run());
    const { signal } = this.#ended;
    on(stage, "effect", (state) => this.#hear(state), { signal });
    const refused = (/** @type {{code: string, message: string}} */ { code, message }) => {
      if (code === "option") this.verdict.refuse(message);
    };
    on(stage, "error", refused, { signal });
  }

  /** Nothing is heard any more, and nothing of the text runs by itself. */
  end() {
    this.#ended.abort();
    this.#writing.end();
    this.editor.end();
  }

  /** @param {State} state */
  #hear(state) {
    if (this.#writing.isHeld) return; // of what ran before
    if (state.stuck > 0) {
      this.verdict.wait(state.stuck);
      return;
    }
    this.verdict.show(state);
    this.editor.mark(state.error);
    this.parameters.show(state.controls, state.values);
    if (state.printed) this.printed.add(state.printed);
    this.#writing.hear(state);
  }
}
