/**
 * What an isolated worker keeps of its surroundings, once all is loaded and before other people's code comes: the language,
 * pictures, the GPU, timers. All else goes, whatever a browser has or will have, from the global object and from what it
 * inherits, so that nothing is left by which to get it back. No request could leave the worker before; now there is no storage
 * either, no channel to other pages, and no worker in which to begin anew.
 */

/** Besides names that begin so: WebGPU's. */
const FAMILY = /^GPU[A-Z]/;

const LANGUAGE = `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise
  RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError globalThis
  JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics DataView Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy
  Reflect Iterator BigInt Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  BigInt64Array BigUint64Array Float16Array Float32Array Float64Array decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape eval isFinite isNaN console WebAssembly DisposableStack AsyncDisposableStack`;

const SURROUNDINGS = `self constructor toString location navigator performance crypto isSecureContext crossOriginIsolated origin
  setTimeout clearTimeout setInterval clearInterval queueMicrotask requestAnimationFrame cancelAnimationFrame scheduler
  addEventListener removeEventListener dispatchEvent onerror onmessage onmessageerror onunhandledrejection
  onrejectionhandled reportError structuredClone createImageBitmap atob btoa postMessage
  DedicatedWorkerGlobalScope WorkerGlobalScope EventTarget Event CustomEvent ErrorEvent MessageEvent
  PromiseRejectionEvent MessageChannel MessagePort AbortController AbortSignal DOMException URL URLSearchParams
  TextEncoder TextDecoder Blob Response Headers ReadableStream ReadableStreamDefaultReader
  ReadableStreamDefaultController ImageBitmap ImageData OffscreenCanvas OffscreenCanvasRenderingContext2D
  CanvasGradient CanvasPattern Path2D TextMetrics DOMMatrix DOMMatrixReadOnly DOMPoint DOMPointReadOnly DOMRect
  DOMRectReadOnly VideoFrame VideoColorSpace WorkerNavigator WorkerLocation Performance PerformanceEntry
  PerformanceMark PerformanceMeasure Crypto CryptoKey SubtleCrypto WGSLLanguageFeatures pyodide`;

const NAVIGATOR = `constructor gpu hardwareConcurrency userAgent platform language languages`;

/** Gone for certain: without one of these gone, nothing starts. */
const NEVER = `fetch XMLHttpRequest WebSocket WebSocketStream WebTransport EventSource Worker SharedWorker importScripts
  BroadcastChannel indexedDB IDBFactory caches CacheStorage Cache StorageManager Notification FontFace fonts Request
  FileSystemHandle webkitRequestFileSystem webkitRequestFileSystemSync webkitResolveLocalFileSystemURL
  webkitResolveLocalFileSystemSyncURL cookieStore CookieStore LockManager ServiceWorkerContainer close`;
const NEVER_IN_NAVIGATOR =
  "storage locks serviceWorker sendBeacon usb hid serial connection permissions storageBuckets";

/**
 * Whether this worker may ask for a file of the site. Then its browser has handed no policy on to it, and nothing would keep
 * what runs here from the network. The page's own policy allows just that, so only the frame's can forbid it, which has
 * nobody to report to: a page's own would report code out of a text, each time.
 *
 * That the request fails proves nothing, as the network may have failed. That a violation is told does, but Safari tells
 * workers of none: where none is told soon, a blob is read, for which there need be no network.
 */
export async function isOpen() {
  const isTold = new Promise((done) => {
    addEventListener("securitypolicyviolation", (/** @type {any} */ { disposition, effectiveDirective }) => {
      if (disposition === "enforce" && effectiveDirective === "connect-src") done(true);
    });
  });
  if (await mayRead(import.meta.url)) return true;
  if (await Promise.race([isTold, new Promise((done) => setTimeout(done, SOON_MS, false))])) return false;
  const url = URL.createObjectURL(new Blob());
  return mayRead(url).finally(() => URL.revokeObjectURL(url));
}

const SOON_MS = 100;

/** @param {string} url */
function mayRead(url) {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** @throws {Error} if something stays that has to go */
export function lockDown() {
  const kept = new Set(words(`${LANGUAGE} ${SURROUNDINGS}`));
  for (let holder = self; holder !== EventTarget.prototype && holder !== Object.prototype; )
    holder = strip(holder, (name) => kept.has(name) || FAMILY.test(name));
  const inNavigator = new Set(words(NAVIGATOR));
  strip(Object.getPrototypeOf(navigator), (name) => inNavigator.has(name));
  Reflect.deleteProperty(URL, "createObjectURL");
  // Pyodide's start can be run again from inside. It hands a function that has an `import()` to `Object.defineProperty`,
  // and to nothing else: nobody may put theirs in its place.
  Object.freeze(Object);
  Reflect.defineProperty(self, "Object", { value: Object, writable: false, configurable: false });
  const left = [
    ...words(NEVER).filter((name) => name in self),
    ...words(NEVER_IN_NAVIGATOR).filter((name) => name in navigator),
  ];
  if (left.length > 0) throw new Error(`this browser lets nobody take away ${left.join(", ")}`);
}

/** @param {any} holder @param {(name: string) => boolean} stays @returns {any} what it inherits from */
function strip(holder, stays) {
  for (const key of Reflect.ownKeys(holder))
    if (typeof key === "string" && !stays(key)) Reflect.deleteProperty(holder, key);
  return Object.getPrototypeOf(holder);
}

/** @param {string} text */
const words = (text) => text.split(/\s+/);
