/**
 * Downloads with a byte count: every fetch of a file listed in assets.json is counted and checked for its length,
 * also those that Pyodide and ONNX Runtime make themselves.
 */

const REPORT_EVERY_MS = 50;

/** A file that could not be had; the message is one sentence for the user. */
export class DownloadError extends Error {
  name = "DownloadError";
}

export class Downloads {
  #root;
  #onProgress;
  /** @type {Map<string, number>} decoded bytes by URL */
  #sizes = new Map();
  /** @type {Set<string>} */
  #expected = new Set();
  #loaded = 0;
  #reportedAt = 0;
  /** Set once every file is expected. */
  complete = false;
  /** @type {PromiseWithResolvers<never>} */
  #failure = Promise.withResolvers();
  #fetch = self.fetch.bind(self);

  /**
   * @param {string} root URL of the site's root
   * @param {(loaded: number, total: number) => void} onProgress
   */
  constructor(root, onProgress) {
    this.#root = root;
    this.#onProgress = onProgress;
    this.#failure.promise.catch(() => {}); // after the boot nobody waits for it
    self.addEventListener("unhandledrejection", (event) => {
      if (event.reason instanceof DownloadError) event.preventDefault(); // told by `failed`; loaders leave theirs lying about
    });
    self.fetch = (input, init) => this.#counted(input, init);
  }

  /** Read the list of files and their sizes. */
  async open() {
    const response = await this.#get(this.url("assets.json"), {});
    /** @type {{files: Record<string, {bytes: number}>}} */
    const list = await response.json();
    for (const [path, { bytes }] of Object.entries(list.files)) this.#sizes.set(this.url(path), bytes);
  }

  /** @param {string} path */
  url(path) {
    return new URL(path, this.#root).href;
  }

  /** The path in assets.json that starts with `start`. @param {string} start */
  find(start) {
    const found = [...this.#sizes.keys()].find((url) => url.startsWith(this.url(start)));
    if (!found) throw this.#fail(`The site has no file ${start}…: build it again.`);
    return found.slice(this.#root.length);
  }

  /** Count this file into the total, so that the progress bar knows its end; returns its URL. @param {string} path */
  expect(path) {
    const url = this.url(path);
    this.#expected.add(url);
    return url;
  }

  get #total() {
    let total = 0;
    for (const url of this.#expected) total += this.#sizes.get(url) ?? 0;
    return total;
  }

  /** Rejects at the first failure: loaders would wrap it in words of their own, or wait for ever. */
  get failed() {
    return this.#failure.promise;
  }

  get loaded() {
    return this.#loaded;
  }

  /** @param {string} url @returns {Promise<ArrayBuffer>} */
  async buffer(url) {
    const response = await this.#counted(url, {});
    return response.arrayBuffer();
  }

  /** @param {RequestInfo | URL} input @param {RequestInit | undefined} init */
  async #counted(input, init) {
    const url = new URL(input instanceof Request ? input.url : input, self.location.href).href;
    if (!this.#sizes.has(url)) return this.#fetch(input, init);
    const response = await this.#get(url, init);
    this.#count(response.clone(), url);
    return response;
  }

  /** @param {string} url @param {RequestInit | undefined} init */
  async #get(url, init) {
    const name = url.slice(this.#root.length);
    let response;
    try {
      response = await this.#fetch(url, init);
    } catch {
      throw this.#fail(
        `${name} could not be downloaded: no answer from the server. Check the connection and try again.`,
      );
    }
    if (!response.ok)
      throw this.#fail(`${name} could not be downloaded: the server answered ${response.status}. Try again.`);
    return response;
  }

  /** @param {Response} copy @param {string} url */
  async #count(copy, url) {
    let bytes = 0;
    try {
      for await (const chunk of /** @type {any} */ (copy.body)) {
        bytes += chunk.length;
        this.#loaded += chunk.length;
        this.#report();
      }
    } catch {
      this.#fail(
        `${url.slice(this.#root.length)} broke off after ${bytes} of ${this.#sizes.get(url)} bytes. Try again.`,
      );
      return;
    }
    const expected = this.#sizes.get(url);
    if (bytes !== expected)
      this.#fail(`${url.slice(this.#root.length)} has ${bytes} bytes, expected ${expected}. Try again.`);
  }

  /** Report now and then, and only once the total is known: a bar that runs back tells nothing. */
  #report() {
    const now = performance.now();
    if (!this.complete || now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    this.#onProgress(this.#loaded, Math.max(this.#total, this.#loaded));
  }

  /** @param {string} message */
  #fail(message) {
    const error = new DownloadError(message);
    this.#failure.reject(error);
    return error;
  }
}
