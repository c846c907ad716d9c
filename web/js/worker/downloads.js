/**
 * Downloads with a byte count: every fetch of a file listed in assets.json is counted and checked for its length,
 * also those that Pyodide and ONNX Runtime make themselves.
 */

const REPORT_EVERY_MS = 50;

/** A file that could not be had; the message is one sentence for the user. */
export class DownloadError extends Error {
  name = "DownloadError";
}

/**
 * @typedef {object} File
 * @property {number} size decoded bytes, from assets.json
 * @property {number} wire bytes over the wire, 0 until the response has come
 * @property {number} decoded decoded bytes so far
 * @property {boolean} expected counts into the total
 */

export class Downloads {
  #root;
  #onProgress;
  /** @type {Map<string, File>} by URL */
  #files = new Map();
  #reportedAt = 0;
  /** Set once every file is expected. */
  complete = false;
  /** @type {PromiseWithResolvers<never>} */
  #failure = Promise.withResolvers();
  #fetch = self.fetch.bind(self);

  /**
   * @param {string} root URL of the site's root
   * @param {(done: boolean) => void} onProgress called now and then; `progress` has the numbers
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
    for (const [path, { bytes }] of Object.entries(list.files))
      this.#files.set(this.url(path), { size: bytes, wire: 0, decoded: 0, expected: false });
  }

  /** @param {string} path */
  url(path) {
    return new URL(path, this.#root).href;
  }

  /** The path in assets.json that starts with `start`. @param {string} start */
  find(start) {
    const found = [...this.#files.keys()].find((url) => url.startsWith(this.url(start)));
    if (!found) throw this.#fail(`The site has no file ${start}…: build it again.`);
    return found.slice(this.#root.length);
  }

  /** Count this file into the total, so that the progress bar knows its end; returns its URL. @param {string} path */
  expect(path) {
    const url = this.url(path);
    const file = this.#files.get(url);
    if (file) file.expected = true;
    return url;
  }

  /** Rejects at the first failure: loaders would wrap it in words of their own, or wait for ever. */
  get failed() {
    return this.#failure.promise;
  }

  /** @param {string} url @returns {Promise<ArrayBuffer>} */
  async buffer(url) {
    const response = await this.#counted(url, {});
    return response.arrayBuffer();
  }

  /** @param {RequestInfo | URL} input @param {RequestInit | undefined} init */
  async #counted(input, init) {
    const url = new URL(input instanceof Request ? input.url : input, self.location.href).href;
    const file = this.#files.get(url);
    if (!file) return this.#fetch(input, init);
    const response = await this.#get(url, init);
    const length = Number(response.headers.get("content-length"));
    file.wire = (response.headers.has("content-encoding") && length) || file.size;
    this.#count(response.clone(), url, file);
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

  /** @param {Response} copy @param {string} url @param {File} file */
  async #count(copy, url, file) {
    const name = url.slice(this.#root.length);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (copy.body).getReader();
    file.decoded = 0;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        file.decoded += part.value.length;
        this.#report();
      }
    } catch {
      this.#fail(`${name} broke off after ${file.decoded} of ${file.size} bytes. Try again.`);
      return;
    }
    if (file.decoded !== file.size) this.#fail(`${name} has ${file.decoded} bytes, expected ${file.size}. Try again.`);
  }

  /** Report now and then, and only once all files are known: a bar that runs back tells nothing. */
  #report() {
    const now = performance.now();
    if (!this.complete || now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    const { loaded, total } = this.progress;
    this.#onProgress(loaded === total);
  }

  /** Bytes over the wire. A file that has not answered yet is taken to shrink as much as the others do. */
  get progress() {
    const files = [...this.#files.values()].filter(({ expected }) => expected);
    const answered = files.filter(({ wire }) => wire > 0);
    const sum = (/** @type {File[]} */ some, /** @type {(file: File) => number} */ value) =>
      some.reduce((total, file) => total + value(file), 0);
    const shrinking = sum(answered, ({ wire }) => wire) / (sum(answered, ({ size }) => size) || 1) || 1;
    const loaded = sum(answered, ({ wire, decoded, size }) => (wire * decoded) / size);
    return { loaded, total: sum(files, ({ wire, size }) => wire || size * shrinking) };
  }

  /** @param {string} message */
  #fail(message) {
    const error = new DownloadError(message);
    this.#failure.reject(error);
    return error;
  }
}
