// Links to effects: makes them, and opens one that somebody else has made, without running it.

import { byId } from "../dom.js";
import { fromFragment, ShareError, toFragment } from "./share.js";

const UNNAMED = "This effect";

/**
 * Emits `held` when somebody else's work is shown and waits for the user's word, and `example` when the user wants none of
 * it and has no work of their own.
 */
export class Sharing extends EventTarget {
  #session;
  #messages;
  #button = byId("share-button", HTMLButtonElement);
  #run = byId("run-button", HTMLButtonElement);
  #shared = byId("shared", HTMLDivElement);
  #link = byId("shared-link", HTMLInputElement);
  #told = byId("shared-told", HTMLParagraphElement);
  #foreign = byId("foreign", HTMLDivElement);
  #aside = byId("aside", HTMLDivElement);

  /** @param {import("./session.js").Session} session @param {import("../page/messages.js").Messages} messages */
  constructor(session, messages) {
    super();
    this.#session = session;
    this.#messages = messages;
    const onClick = (/** @type {string} */ id, /** @type {() => void} */ act) =>
      byId(id, HTMLButtonElement).addEventListener("click", act);
    this.#button.addEventListener("click", () => void this.#share());
    onClick("shared-copy", () => void this.#copy());
    onClick("foreign-run", () => this.release());
    onClick("foreign-back", () => this.#goBack());
    onClick("aside-back", () => this.#goBack());
    onClick("aside-forget", () => {
      session.forgetAside();
      this.#showAside();
      this.#run.focus();
    });
    session.addEventListener("opened", () => this.#onOpened());
    session.addEventListener("change", () => this.#showLink(false)); // it has the text before
    addEventListener("hashchange", () => void this.#open());
  }

  /** Open what the page's address brings. @returns {Promise<boolean>} whether it brings a work */
  async begin() {
    this.#showAside();
    return this.#open();
  }

  /** The user lets somebody else's work run. */
  release() {
    this.#session.release();
    this.#showAside();
    this.#run.focus(); // what was pressed goes
  }

  // --- somebody else's ---

  async #open() {
    this.#messages.clear("share");
    try {
      const work = await fromFragment(location.hash);
      if (!work) return false;
      byId("foreign-name", HTMLElement).textContent = work.name ? `“${work.name}”` : UNNAMED;
      this.#session.hold(work);
      this.dispatchEvent(new Event("held"));
      return true;
    } catch (error) {
      if (!(error instanceof ShareError)) throw error;
      this.#leaveLink();
      this.#messages.show("share", error.message);
      return false;
    }
  }

  #onOpened() {
    const { isHeld } = this.#session;
    this.#foreign.hidden = !isHeld;
    this.#showLink(false);
    this.#button.disabled = isHeld; // nobody passes on what they have not seen run
    if (isHeld) byId("foreign-title", HTMLElement).focus({ preventScroll: true });
    else this.#leaveLink();
    this.#showAside();
  }

  #goBack() {
    if (!this.#session.goBack()) this.dispatchEvent(new Event("example"));
    this.#showAside();
    this.#run.focus();
  }

  #showAside() {
    this.#aside.hidden = this.#session.isHeld || !this.#session.hasAside;
  }

  /** A reload shall show what the user has then. */
  #leaveLink() {
    if (location.hash.startsWith("#effect=")) history.replaceState(null, "", location.pathname + location.search);
  }

  // --- one's own ---

  async #share() {
    this.#messages.clear("share");
    const { name, source, values = {} } = this.#session.work;
    try {
      const fragment = await toFragment({ name: nameIn(source) || name, source, values });
      this.#link.value = `${location.origin}${location.pathname}#${fragment}`;
      this.#showLink(true);
      await this.#copy();
    } catch (error) {
      this.#showLink(false);
      if (!(error instanceof ShareError)) throw error;
      this.#messages.show("share", error.message);
    }
  }

  /** @param {boolean} on */
  #showLink(on) {
    this.#shared.hidden = !on;
  }

  /** Where the clipboard can't be had the link is selected, for the user to copy it. */
  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#told.textContent = "Copied. Whoever opens it sees your code first, and runs it with a click.";
    } catch {
      this.#link.focus();
      this.#link.select();
      const sentence = "The browser didn't allow copying: copy the selected link yourself (Ctrl+C or ⌘C).";
      this.#told.textContent = sentence;
    }
  }
}

/** What the text calls its effect: the function that takes a frame or a sample. @param {string} source */
function nameIn(source) {
  return /^def\s+([^\W_]\w*)\s*\(\s*_*(?:frame|sample)_*\b/mu.exec(source)?.[1]?.replaceAll("_", " ") ?? "";
}
