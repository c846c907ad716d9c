/** Gives an isolated worker pyselfie's files, of which it can ask for no other: it has no way to the network of its own. */

const LIST = "assets.json";
const MODELS = "models/";
const MOST_TIMES = 4; // as it is, past the cache, and both for another start: whoever wants more would tell by it

/**
 * @typedef {{path: string, cache?: RequestCache}} Want a message of the worker: what it asks for may be anything
 */

export class FileService {
  #site;
  /** @type {Promise<Response> | null} */
  #list = null;
  /** @type {Map<string, number>} how often the network has been asked for each file */
  #asked = new Map();
  /** @type {Map<string, Blob>} models, among which the user may change again and again */
  #kept = new Map();
  #over = new AbortController();

  /** @param {string} site */
  constructor(site) {
    this.#site = site;
  }

  /** @param {Want} want @param {MessagePort} port gets the answer: `status` and `headers`, then each `piece`, then `end` */
  async serve({ path, cache }, port) {
    try {
      await send(await this.#response(path, cache === "reload" ? cache : undefined), port);
    } catch (error) {
      port.postMessage({ failed: String(error) });
    } finally {
      port.close();
    }
  }

  /** Nobody is left to give anything to. */
  close() {
    this.#over.abort();
  }

  /** @param {string} path @param {RequestCache} [cache] */
  async #response(path, cache) {
    this.#list ??= fetch(this.#site + LIST, { cache, signal: this.#over.signal });
    const list = await this.#list;
    if (path === LIST) return list.clone();
    const { files } = await list.clone().json();
    if (!Object.hasOwn(files, path)) throw new TypeError("this is none of pyselfie's files");
    const kept = cache ? undefined : this.#kept.get(path);
    return kept ? new Response(kept) : this.#ask(path, cache);
  }

  /** @param {string} path @param {RequestCache} [cache] */
  async #ask(path, cache) {
    const times = (this.#asked.get(path) ?? 0) + 1;
    if (times > MOST_TIMES) throw new TypeError(`an isolated worker may ask ${MOST_TIMES} times for a file`);
    this.#asked.set(path, times);
    const response = await fetch(this.#site + path, { cache, signal: this.#over.signal }).catch((error) => {
      this.#asked.set(path, (this.#asked.get(path) ?? 0) - 1); // nobody has heard it
      throw error;
    });
    if (path.startsWith(MODELS) && response.ok) this.#keep(path, response.clone());
    return response;
  }

  /** @param {string} path @param {Response} copy */
  async #keep(path, copy) {
    const blob = await copy.blob().catch(() => null); // broken off: whoever reads the other copy is told
    if (blob) this.#kept.set(path, blob);
  }
}

/** @param {Response} response @param {MessagePort} port */
async function send(response, port) {
  const headers = ["content-encoding", "content-length", "content-type"].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  port.postMessage({ status: response.status, headers });
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    port.postMessage({ piece: part.value }, [part.value.buffer]);
  port.postMessage({ end: true });
}
