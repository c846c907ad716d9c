// Sentences about faults. One per topic: a newer sentence takes the place of the older.

/**
 * @typedef {"error"|"notice"|"news"} Tone
 * @typedef {{tone?: Tone, action?: {label: string, run: () => void}}} MessageOptions
 */

export class Messages {
  #alerts;
  #notices;
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} alerts   Live region that interrupts: faults.
   * @param {HTMLElement} notices  Live region that waits for its turn: things to know.
   */
  constructor(alerts, notices) {
    this.#alerts = alerts;
    this.#notices = notices;
  }

  /**
   * @param {string} topic
   * @param {string} sentence
   * @param {MessageOptions} [options]
   */
  show(topic, sentence, { tone = "error", action } = {}) {
    const focusWasHere = this.#shown.get(topic)?.contains(document.activeElement);
    this.clear(topic);
    const message = this.#draw(topic, sentence, tone, action);
    this.#shown.set(topic, message);
    (tone === "error" ? this.#alerts : this.#notices).append(message);
    if (focusWasHere) message.querySelector("button")?.focus();
  }

  /** Whether a sentence about it is shown. @param {string} topic */
  has(topic) {
    return this.#shown.has(topic);
  }

  /** @param {string} topic */
  clear(topic) {
    this.#shown.get(topic)?.remove();
    this.#shown.delete(topic);
  }

  /**
   * @param {string} topic
   * @param {string} sentence
   * @param {Tone} tone
   * @param {MessageOptions["action"]} action
   */
  #draw(topic, sentence, tone, action) {
    const message = document.createElement("div");
    message.className = "message";
    message.dataset.tone = tone;
    message.dataset.topic = topic;
    const text = document.createElement("p");
    text.textContent = sentence;
    message.append(text);
    if (action) message.append(this.#button("button", action.label, () => this.#act(topic, action)));
    const close = this.#button("close", "×", () => this.clear(topic));
    close.setAttribute("aria-label", "Dismiss this message");
    message.append(close);
    return message;
  }

  /**
   * @param {string} topic
   * @param {{run: () => void}} action
   */
  #act(topic, action) {
    this.clear(topic);
    action.run();
  }

  /**
   * @param {string} className
   * @param {string} label
   * @param {() => void} onClick
   */
  #button(className, label, onClick) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = className;
    button.textContent = label;
    button.addEventListener("click", onClick);
    return button;
  }
}
