/**
 * A worker for other people's code. Whatever runs in it, no request leaves it, since its policy names no place for one: it
 * is made from a blob: URL and so inherits the policy of who makes it, which is an empty frame with a policy of its own,
 * stricter than the page's and there even if the page has none. It reads pyselfie's files through the page
 * (file_service.js), and the page checks every message from it (known_messages.js). Storage, channels to other
 * pages and workers of its own are not the policy's business: js/worker/lockdown.js closes them before the code comes.
 */

import { FileService } from "./file_service.js";
import { knownMessage } from "./known_messages.js";

/** For its owner it is as a `Worker` is. */
export class IsolatedWorker extends EventTarget {
  /** @type {((event: MessageEvent) => void) | null} */
  onmessage = null;
  /** @type {((event: ErrorEvent) => void) | null} */
  onerror = null;
  #frame;
  /** @type {Worker | null} */
  #worker = null;
  #port;
  #files;
  #countedFrom = 0;
  #heard = 0;

  /** @param {string} url its script @returns {Worker} */
  static start(url) {
    return /** @type {any} */ (new IsolatedWorker(url));
  }

  /** @param {string} url */
  constructor(url) {
    super();
    if (!globalThis.document)
      throw new Error("An isolated engine starts in a page, not in a worker: leave `isolated` out.");
    this.#frame = document.createElement("iframe");
    const { port1, port2 } = new MessageChannel();
    const site = new URL("../", url).href;
    this.#files = new FileService(site);
    this.#port = port1;
    port1.onmessage = ({ data, ports }) => this.#receive(data, ports);
    this.#frame.hidden = true;
    this.#frame.title = "pyselfie";
    this.#frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policyFor(site)}">`;
    this.#frame.onload = () => this.#start(url, port2);
    document.documentElement.append(this.#frame);
  }

  /** @param {any} message @param {Transferable[]} [transfer] what is sent before the worker is there waits for it */
  postMessage(message, transfer = []) {
    this.#port.postMessage(message, transfer);
  }

  terminate() {
    this.#frame.onload = null;
    this.#worker?.terminate();
    this.#port.close();
    this.#files.close();
    this.#frame.remove();
  }

  /** @param {string} url @param {MessagePort} line */
  #start(url, line) {
    const inside = /** @type {any} */ (this.#frame.contentWindow); // what is made by its constructors has its policy
    // `import` without brackets would want this script in worker-src, and so let another such worker begin in here
    const text = `import(${JSON.stringify(url)}).then(() => postMessage("here"), reportError);`;
    const start = inside.URL.createObjectURL(new inside.Blob([text], { type: "text/javascript" }));
    let worker;
    try {
      this.#worker = worker = new inside.Worker(start, { type: "module" });
    } catch (error) {
      return this.#fail(/** @type {Error} */ (error).message);
    }
    worker.onerror = (/** @type {ErrorEvent} */ event) => {
      event.preventDefault();
      const isImport = event.message?.includes("dynamically imported module");
      this.#fail(isImport ? `${event.message}; ${NAMES}` : event.message || NEEDS); // a policy that forbids it says nothing
    };
    worker.onmessage = () => {
      worker.onmessage = null; // what it sends this way from now on is not heard
      worker.postMessage({ type: "line" }, [line]);
    };
  }

  /** @param {unknown} data @param {readonly MessagePort[]} ports */
  #receive(data, ports) {
    if (this.#isFlood()) return;
    const message = knownMessage(data);
    if (message?.type === "want") {
      if (ports[0]) void this.#files.serve(message, ports[0]);
    } else if (message) {
      const event = new MessageEvent("message", { data: message });
      if (this.dispatchEvent(event)) this.onmessage?.(event);
    }
  }

  /** Code that never ends could say so much that the page had no time left, and look alive to its watchdog. */
  #isFlood() {
    const now = performance.now();
    if (now - this.#countedFrom > 1000) {
      this.#countedFrom = now;
      this.#heard = 0;
    }
    if (++this.#heard <= MOST_IN_A_SECOND) return false;
    if (this.#heard === MOST_IN_A_SECOND + 1) {
      this.#worker?.terminate();
      this.#fail("it sends messages without end");
    }
    return true;
  }

  /** @param {unknown} message */
  #fail(message) {
    const event = new ErrorEvent("error", { message: String(message).slice(0, LONGEST_ERROR), cancelable: true });
    this.addEventListener("error", this.#toOwner, { once: true }); // last, so that others can stop the event before
    this.dispatchEvent(event);
    this.removeEventListener("error", this.#toOwner);
  }

  #toOwner = (/** @type {Event} */ event) => this.onerror?.(/** @type {ErrorEvent} */ (event));
}

const LONGEST_ERROR = 500;
const NEEDS = "an isolated one needs blob: in worker-src, if this page has a Content-Security-Policy";
const NAMES =
  "in Firefox a Content-Security-Policy has to name this site's origin, not only 'self', in script-src, worker-src and connect-src";
const MOST_IN_A_SECOND = 5_000; // an engine sends some hundred

/**
 * Scripts from the site's own folders, WebAssembly, a worker; and no other request of any kind, nor code out of a text.
 * What a worker's script imports is a matter of worker-src in Firefox: its modules are there, which do nothing alone.
 *
 * @param {string} site
 */
function policyFor(site) {
  const folders = ["js/", "vendor/"].map((folder) => quoted(site + folder)).join(" ");
  return `default-src 'none'; script-src ${folders} 'wasm-unsafe-eval'; worker-src blob: ${quoted(`${site}js/worker/`)}; base-uri 'none'; form-action 'none'`;
}

/** As a policy in an attribute may have it. @param {string} url */
function quoted(url) {
  return url.replace(/[;,"&<>']/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
