// The text of the effect: CodeMirror in a shadow root, where its styles are adopted sheets, as the page's policy wants.

import {
  acceptCompletion,
  autocompletion,
  bracketMatching,
  closeBrackets,
  closeBracketsKeymap,
  defaultKeymap,
  drawSelection,
  EditorState,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  history,
  historyField,
  historyKeymap,
  indentOnInput,
  indentUnit,
  indentWithTab,
  isolateHistory,
  keymap,
  lineNumbers,
  lintGutter,
  python,
  pythonLanguage,
  setDiagnostics,
} from "./codemirror.js";
import { complete } from "./complete.js";
import { theme } from "./theme.js";

/** @typedef {{message: string, line: number | null, column: number | null}} Mistake  Both count from 1. */

/** Completions at a time: few enough for a list that needs no scrolling. */
const SHOWN = 8;
const KEPT = { history: historyField };

/**
 * Text that takes a selection's place, or has several lines, is put in by CodeMirror alone: the browser's own editing
 * would give the new text the old one's colour as an inline style, which the page's policy forbids.
 */
const INSERTING = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event;
    const { main } = view.state.selection;
    if (inputType !== "insertText" || !data || isComposing || (main.empty && !data.includes("\n"))) return false;
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

/** Emits `change` when the text has changed, and `run` when it shall run now. */
export class Editor extends EventTarget {
  #extensions;
  #view;

  /** @param {HTMLElement} host */
  constructor(host) {
    super();
    const root = host.attachShadow({ mode: "open" });
    this.#extensions = [
      EditorView.contentAttributes.of({
        "aria-label": "Python source of the effect",
        "aria-multiline": "true",
        tabindex: "0",
      }),
      EditorView.updateListener.of(({ docChanged }) => docChanged && this.#emit("change")),
      keymap.of([{ key: "Mod-Enter", run: () => this.#emit("run") }]),
      lintGutter(),
      lineNumbers(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      python(),
      pythonLanguage.data.of({ autocomplete: complete }),
      autocompletion({ icons: false, maxRenderedOptions: SHOWN }),
      keymap.of([
        { key: "Tab", run: acceptCompletion },
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...historyKeymap,
        indentWithTab,
      ]),
      INSERTING,
      theme,
    ];
    this.#view = new EditorView({ state: EditorState.create({ extensions: this.#extensions }), parent: root, root });
  }

  get text() {
    return this.#view.state.doc.toString();
  }

  /**
   * Another text takes the place of this one; undoing brings this one back.
   *
   * @param {string} text
   * @param {number} line  What is at the top.
   */
  replace(text, line) {
    const view = this.#view;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      annotations: isolateHistory.of("full"),
    });
    this.#showTop(line);
  }

  /** Begin with this text: there is nothing before it that undoing could bring back. @param {string} text @param {number} line as above */
  begin(text, line) {
    this.#view.setState(EditorState.create({ doc: text, extensions: this.#extensions }));
    this.#showTop(line);
  }

  /** @param {number} line */
  #showTop(line) {
    const view = this.#view;
    const { from } = view.state.doc.line(line);
    view.dispatch({ selection: { anchor: from } });
    view.scrollDOM.scrollTop = view.lineBlockAt(from).top + view.documentPadding.top; // CodeMirror would scroll the page as well
  }

  /** The text with its history, as JSON can hold it; without one, the text alone. */
  save({ history: withHistory = true } = {}) {
    return this.#view.state.toJSON(withHistory ? KEPT : {});
  }

  /** @param {any} saved what `save` gave; of a damaged one the text is used. @returns {boolean} false if it has none: nothing has changed then */
  restore(saved) {
    const extensions = this.#extensions;
    try {
      this.#view.setState(EditorState.fromJSON(saved, { extensions }, KEPT));
    } catch {
      if (typeof saved?.doc !== "string") return false;
      this.#view.setState(EditorState.create({ doc: saved.doc, extensions }));
    }
    return true;
  }

  /** Show where the mistake is; null: there is none. @param {Mistake | null} mistake */
  mark(mistake) {
    const { state } = this.#view;
    const place = mistake && this.#placeOf(mistake);
    const found = place ? [{ ...place, severity: /** @type {const} */ ("error"), message: mistake.message }] : [];
    this.#view.dispatch(setDiagnostics(state, found));
  }

  /** @param {Mistake} mistake */
  #placeOf({ line, column }) {
    const { doc } = this.#view.state;
    if (line === null || line < 1) return null;
    const { from, to, text } = doc.line(Math.min(line, doc.lines));
    const indent = text.length - text.trimStart().length;
    // Python names the place where it noticed, which may be the end of the line: then all of the line is marked.
    const start = column !== null && column <= text.trimEnd().length ? from + column - 1 : from + indent;
    return { from: Math.min(Math.max(start, from), to), to };
  }

  /** Put the cursor into a line, and the line in sight. @param {number} line */
  goTo(line) {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    this.focus();
  }

  focus() {
    this.#view.focus();
  }

  /** It's not needed any more. */
  end() {
    this.#view.destroy();
  }

  /** @param {string} type @returns {true} handled */
  #emit(type) {
    this.dispatchEvent(new Event(type));
    return true;
  }
}
