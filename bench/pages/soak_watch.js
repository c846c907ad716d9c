/** What is open: frames in a page or worker, GPU objects and WebAssembly's memory in a worker. Watched from the outside; the product knows nothing of it. */

/** Everything that was seen, until a look finds it closed: a closed or transferred one has no size. @type {Set<VideoFrame | ImageBitmap>} */
const frames = new Set();
/** Buffers and textures that nobody has destroyed and the garbage collector has not found. @type {Set<object>} */
const gpuObjects = new Set();
/** @type {Set<WebAssembly.Memory>} */
const memories = new Set();
const PURGE_AT = 200;
let purgeAt = PURGE_AT;

/** @param {VideoFrame | ImageBitmap} frame */
const isOpen = (frame) => ("codedWidth" in frame ? frame.codedWidth : frame.width) > 0;

function purge() {
  for (const frame of frames) if (!isOpen(frame)) frames.delete(frame);
  purgeAt = frames.size + PURGE_AT;
}

/** @template T @param {T} thing @returns {T} */
function note(thing) {
  if (thing instanceof VideoFrame || thing instanceof ImageBitmap) frames.add(thing);
  if (frames.size > purgeAt) purge();
  return thing;
}

/** Frames in a message: in itself, its fields, or a list there. @param {unknown} data @param {number} [depth] */
export function noteMessage(data, depth = 2) {
  note(data);
  if (depth > 0 && data && typeof data === "object" && !ArrayBuffer.isView(data))
    for (const value of Object.values(data)) noteMessage(value, depth - 1);
}

/** Call the original, then look at what it returns, or will. @param {any} owner @param {string} name @param {(result: any) => void} look */
function after(owner, name, look) {
  const original = owner[name];
  owner[name] = function (/** @type {unknown[]} */ ...given) {
    const result = original.apply(this, given);
    if (result instanceof Promise) result.then(look, () => {});
    else look(result);
    return result;
  };
}

/** @param {string} name of a class that is made by `new` @param {(made: any) => void} look */
function afterNew(name, look, owner = /** @type {any} */ (globalThis)) {
  owner[name] = new Proxy(owner[name], {
    construct(type, given) {
      const made = Reflect.construct(type, given);
      look(made);
      return made;
    },
  });
}

export function watchFrames() {
  afterNew("VideoFrame", note);
  after(VideoFrame.prototype, "clone", note);
  after(globalThis, "createImageBitmap", note);
  after(OffscreenCanvas.prototype, "transferToImageBitmap", note);
  after(ReadableStreamDefaultReader.prototype, "read", ({ value }) => note(value));
}

function watchMemories() {
  afterNew("Memory", (memory) => memories.add(memory), WebAssembly);
  for (const name of ["instantiate", "instantiateStreaming"])
    after(WebAssembly, name, (made) => {
      for (const one of Object.values((made.instance ?? made).exports))
        if (one instanceof WebAssembly.Memory) memories.add(one);
    });
}

function watchGpu() {
  const forgotten = new FinalizationRegistry((/** @type {object} */ token) => gpuObjects.delete(token));
  const tokens = new WeakMap();
  for (const name of ["createBuffer", "createTexture"]) {
    const original = /** @type {any} */ (GPUDevice.prototype)[name];
    /** @type {any} */ (GPUDevice.prototype)[name] = function (/** @type {unknown[]} */ ...given) {
      const made = original.apply(this, given);
      const token = {};
      gpuObjects.add(token);
      tokens.set(made, token);
      forgotten.register(made, token);
      this.lost.then(() => gpuObjects.delete(token)); // by `destroy`, too
      return made;
    };
  }
  for (const { prototype } of [GPUBuffer, GPUTexture]) {
    const destroy = prototype.destroy;
    prototype.destroy = function () {
      gpuObjects.delete(tokens.get(this));
      return destroy.call(this);
    };
  }
}

/** One to be kept on purpose. */
export function newFrame() {
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d");
  return new VideoFrame(canvas, { timestamp: 0 });
}

export function openFrames() {
  purge();
  return frames.size;
}

/** All that a worker may have open. */
export function watch() {
  watchFrames();
  watchMemories();
  if ("GPUDevice" in globalThis) watchGpu();
}

/** @returns {{frames: number, gpuObjects: number, wasmBytes: number}} */
export function count() {
  const wasmBytes = [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { frames: openFrames(), gpuObjects: gpuObjects.size, wasmBytes };
}
