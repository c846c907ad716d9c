/**
 * Downloads with a byte count: every fetch of a file listed in assets.json is counted and checked for its length and its
 * SHA-256, also those that Pyodide and ONNX Runtime make themselves.
 */

import { shares, wrongHash } from "./bytes.js";

const REPORT_EVERY_MS = 50;

/** A file that could not be had; the message is one sentence for the user. */
export class DownloadError extends Error {
  name = "DownloadError";
}

/** @typedef {import("./bytes.js").File} File */

export class Downloads {
  #root;
  #fresh;
  #onMove;
  #onProgress;
  /** @type {Map<string, File>} by URL */
  #files = new Map();
  /** URLs whose bytes are awaited. @type {Set<string>} */
  #pending = new Set();
  /** @type {Map<string, Promise<unknown>>} by URL: of each answer so far, whether its bytes are the right ones */
  #checks = new Map();
  /** By the path of an archive, the modules by which Python comes into it. @type {Record<string, string[]>} */
  #late = {};
  /** By the path of a file of machine code, that of its module below site-packages. @type {Record<string, string>} */
  native = {};
  /** Answers whose bytes are coming, for whoever fetches them. @type {Map<string, Promise<Response>>} by URL */
  #begun = new Map();
  #reportedAt = 0;
  /** Of pyselfie and of ONNX Runtime Web. */
  versions = { pyselfie: "", runtime: "" };
  /** Set once every file is expected. */
  complete = false;
  /** @type {PromiseWithResolvers<never>} */
  #failure = Promise.withResolvers();
  #fetch;

  /**
   * @param {string} root URL of the site's root
   * @param {object} how
   * @param {boolean} how.fresh go past the browser's cache, which may hold what made the last start fail
   * @param {() => void} how.onMove called for each piece that comes
   * @param {(done: boolean) => void} how.onProgress called now and then; `progress` has the numbers
   * @param {typeof self.fetch} [how.fetch] gets a file
   */
  constructor(root, { fresh, onMove, onProgress, fetch = self.fetch.bind(self) }) {
    this.#root = root;
    this.#fresh = fresh;
    this.#fetch = fetch;
    this.#onMove = onMove;
    this.#onProgress = onProgress;
    this.#failure.promise.catch(() => {}); // after the boot nobody waits for it
    self.addEventListener("unhandledrejection", (event) => {
      if (event.reason instanceof DownloadError) event.preventDefault(); // told by `failed`; loaders leave theirs lying about
    });
    self.fetch = (input, init) => this.#answer(input, init);
  }

  /** Read the list of files. */
  async open() {
    const response = await this.#get(this.url("assets.json"));
    /** @type {{files: Record<string, {bytes: number, sha256: string}>, late: Record<string, string[]>, native: Record<string, string>, version: string, runtime: string} | undefined} */
    const list = await response.json().catch((/** @type {Error} */ { name }) => {
      if (name !== "SyntaxError") throw this.#fail("assets.json broke off before its end. Try again.");
    });
    if (!list?.files)
      throw this.#fail(`${this.url("assets.json")} is no list of pyselfie's files: copy all of them there again.`);
    const unseen = { wire: 0, decoded: 0, expected: false, damaged: false };
    for (const [path, { bytes, sha256 }] of Object.entries(list.files))
      this.#files.set(this.url(path), { size: bytes, sha256, ...unseen });
    this.#late = list.late;
    this.native = list.native;
    this.versions = { pyselfie: list.version, runtime: list.runtime };
  }

  /** Bytes over the wire of all that has come through here, as far as they are told. */
  get wire() {
    return [...this.#files.values()].reduce((sum, { wire }) => sum + wire, 0);
  }

  /** The archives that Python asks for when something imports one of their modules. */
  get late() {
    const sha256 = (/** @type {string} */ path) => this.#files.get(this.url(path))?.sha256;
    return Object.entries(this.#late).map(([path, modules]) => ({ path, modules, sha256: sha256(path) }));
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

  /** Ask for this file now: what has come by then, is there at once for whoever fetches it. @param {string} path */
  begin(path) {
    const url = this.expect(path);
    if (!this.#files.has(url)) return;
    const answer = this.#counted(url);
    answer.catch(forget); // told by `failed`, and perhaps nobody comes for it
    this.#begun.set(url, answer);
  }

  /** Rejects at the first failure: loaders would wrap it in words of their own, or wait for ever. */
  get failed() {
    return this.#failure.promise;
  }

  /** Whether bytes are awaited. */
  get pending() {
    return this.#pending.size > 0;
  }

  /** Resolves when everything that came so far is known to be whole. */
  async checked() {
    await Promise.all(this.#checks.values());
  }

  /** Resolves when all that has come of this file is known to be whole: call it once there is an answer. @param {string} url */
  async verified(url) {
    await this.#checks.get(url);
  }

  /** @param {string} url @param {Promise<unknown>} check */
  #await(url, check) {
    const all = Promise.all([this.#checks.get(url), check]).then(forget); // the bytes themselves, too
    all.catch(forget); // told by `failed`
    this.#checks.set(url, all);
  }

  /** Nothing has come for so long that nothing will. @param {number} seconds */
  stalled(seconds) {
    const [url] = this.#pending;
    if (!url) return void this.#fail(`The engine could not start: nothing has moved for ${seconds} s. Try again.`);
    const { decoded, size } = this.#files.get(url) ?? { decoded: 0, size: "unknown" };
    const came = `${decoded} of ${size} bytes came, then nothing for ${seconds} s`;
    this.#fail(`${this.#name(url)} does not arrive: ${came}. Check the connection and try again.`);
  }

  /**
   * The bytes, checked.
   *
   * @param {string} url
   * @param {(loaded: number, total: number) => void} [onProgress] called now and then with this file's bytes
   * @returns {Promise<ArrayBuffer>}
   */
  async buffer(url, onProgress) {
    const response = await this.#get(url);
    const file = this.#files.get(url);
    return file ? this.#read(response, url, file, onProgress) : response.arrayBuffer();
  }

  /**
   * Import a script. The browser tells nothing of its bytes, so its own copy is checked afterwards.
   *
   * @param {string} path
   * @returns {Promise<any>}
   */
  async script(path) {
    const url = this.url(path);
    if (this.#fresh) await this.buffer(url);
    this.#pending.add(url);
    try {
      const module = await import(url);
      this.#await(url, this.#checkCopy(url));
      return module;
    } catch (error) {
      await this.#checkCopy(url);
      const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw this.#fail(`${path} could not be loaded from ${url} (${why}). Try again.`);
    } finally {
      this.#pending.delete(url);
    }
  }

  /** @param {string} url */
  async #checkCopy(url) {
    const file = this.#files.get(url);
    const response = await this.#fetch(url, { cache: "force-cache" }).catch(() => undefined);
    if (file && response?.ok) await this.#read(response, url, file);
  }

  /** @param {RequestInfo | URL} input @param {RequestInit | undefined} init */
  async #answer(input, init) {
    const named = input instanceof Request ? input.url : String(input);
    const base = self.location.href; // of a blob, below which nothing lies, where the files are on another origin
    const url = URL.canParse(named, base) ? new URL(named, base).href : named;
    if (!this.#files.has(url)) return this.#fetch(input, init);
    const begun = this.#begun.get(url);
    this.#begun.delete(url);
    return begun ?? this.#counted(url, init);
  }

  /** The answer; its bytes are counted and checked in passing. @param {string} url @param {RequestInit} [init] */
  async #counted(url, init) {
    const response = await this.#get(url, init);
    const file = this.#files.get(url);
    if (file) this.#await(url, this.#read(response.clone(), url, file));
    return response;
  }

  /** @param {string} url @param {RequestInit} [init] */
  async #get(url, init) {
    const name = this.#name(url);
    const past = this.#fresh || this.#files.get(url)?.damaged;
    let response;
    this.#pending.add(url);
    try {
      response = await this.#fetch(url, past ? { ...init, cache: "reload" } : init);
    } catch {
      throw this.#fail(
        `${name} could not be downloaded: no answer from the server. Check the connection and try again.`,
      );
    } finally {
      this.#pending.delete(url);
    }
    const place = `It has to be at ${url}, beside all of pyselfie's files`;
    if (!response.ok)
      throw this.#fail(`${name} could not be downloaded: the server answered ${response.status}. ${place}; try again.`);
    return response;
  }

  /**
   * All bytes of a listed file, and whether they are the right ones.
   *
   * @param {Response} response
   * @param {string} url
   * @param {File} file
   * @param {(loaded: number, total: number) => void} [onProgress]
   */
  async #read(response, url, file, onProgress = (_loaded, _total) => {}) {
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    const encoded = response.headers.has("content-encoding");
    file.wire = (encoded && Number(response.headers.get("content-length"))) || file.size;
    const bytes = new Uint8Array(file.size);
    let length = 0;
    let toldAt = performance.now();
    this.#pending.add(url);
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (length + part.value.length <= file.size) bytes.set(part.value, length);
        length += part.value.length;
        this.#count(file, length);
        if (performance.now() - toldAt < REPORT_EVERY_MS) continue;
        toldAt = performance.now();
        onProgress(length, file.size);
      }
    } catch {
      throw this.#fail(`${this.#name(url)} broke off after ${length} of ${file.size} bytes. Try again.`);
    } finally {
      this.#pending.delete(url);
    }
    const fault = length === file.size ? await wrongHash(bytes, file.sha256) : `${length} bytes, expected ${file.size}`;
    if (!fault) return bytes.buffer;
    file.damaged = true;
    throw this.#fail(`${this.#name(url)} is damaged: it has ${fault}. Try again.`);
  }

  /** A file may be asked for twice: what came of it never goes back. @param {File} file @param {number} length */
  #count(file, length) {
    file.decoded = Math.min(file.size, Math.max(file.decoded, length));
    this.#onMove();
    const now = performance.now();
    // Only once all files are known: a bar that runs back tells nothing.
    if (!this.complete || now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    const { loaded, total } = this.progress;
    this.#onProgress(loaded === total);
  }

  /** Of the expected files, in bytes over the wire. */
  get progress() {
    return shares([...this.#files.values()].filter(({ expected }) => expected));
  }

  /** @param {string} url */
  #name(url) {
    return url.slice(this.#root.length);
  }

  /** @param {string} message */
  #fail(message) {
    const error = new DownloadError(message);
    this.#failure.reject(error);
    return error;
  }
}

const forget = () => {};
