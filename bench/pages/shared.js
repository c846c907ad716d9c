/** What the contenders' pages share: the same frames for all, and one way to look at what they made of them. */

const PICTURES = 8;
const CELLS = { width: 128, height: 72 };

const PATIENCE_MS = 120_000;

/**
 * Let bench/contenders.py ask these methods; a contender that hangs is given up, and the others go on.
 *
 * @param {BenchPage} page
 */
export function offer(page) {
  globalThis.bench = (method, argument) => {
    const call = /** @type {(argument: any) => Promise<unknown>} */ (page[method]);
    const { promise, reject } = Promise.withResolvers();
    const timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    return Promise.race([call.call(page, argument), promise]).finally(() => clearTimeout(timer));
  };
}

/** @type {ImageBitmap[]} */
const pictures = [];
let next = 0;

/** All pictures of a round, which stay here. */
async function loadPictures() {
  if (!pictures.length) {
    const names = Array.from({ length: PICTURES }, (_, i) => `/frames/${i}.jpg`);
    pictures.push(...(await Promise.all(names.map(loadPicture))));
  }
  return pictures;
}

/** @param {string} url */
async function loadPicture(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} came with status ${response.status}`);
  return createImageBitmap(await response.blob());
}

/**
 * A frame of its own, as a camera would give it: an ImageBitmap that shares its pixels with another one is copied when it is
 * transferred, which no camera frame is.
 *
 * @param {BenchOrder} order
 * @returns {Promise<ImageBitmap | VideoFrame>}
 */
async function makeFrame({ width, height, kind }) {
  const picture = (await loadPictures())[next++ % PICTURES];
  const canvas = new OffscreenCanvas(width, height);
  const context = context2d(canvas, { alpha: false });
  context.drawImage(picture, 0, 0, width, height);
  if (kind === "bitmap") return canvas.transferToImageBitmap();
  if (kind === "canvas") return new VideoFrame(canvas, { timestamp: next });
  const { data } = context.getImageData(0, 0, width, height);
  return new VideoFrame(toI420(data, width, height), {
    format: "I420",
    codedWidth: width,
    codedHeight: height,
    timestamp: next,
  });
}

/** What is behind the person, the same for all. */
export async function makeBackdrop() {
  return createImageBitmap((await loadPictures())[PICTURES - 1]);
}

/** The same pictures in each run. @param {BenchOrder} order */
export async function makeFrames(order) {
  next = Math.ceil(next / PICTURES) * PICTURES; // time stamps go on
  if (order.kind === "vp9") return filmFrames(order);
  const frames = [];
  for (let i = 0; i < order.count; i++) frames.push(await makeFrame(order));
  return frames;
}

/**
 * `stock` and `run` of a page that takes one frame after the other.
 *
 * @param {(frame: ImageBitmap | VideoFrame) => Promise<BenchSample>} segment
 */
export function frameByFrame(segment) {
  /** @type {Iterable<ImageBitmap | VideoFrame> | AsyncIterable<VideoFrame>} */
  let frames = [];
  return {
    async stock(/** @type {BenchOrder} */ order) {
      frames = order.kind === "camera" ? cameraFrames(order) : await makeFrames(order);
    },
    async run() {
      const samples = [];
      for await (const frame of frames) samples.push(await segment(frame));
      return samples;
    },
  };
}

/** A camera has few buffers, so that its frames can't be stocked: each comes when the one before is done. */
async function* cameraFrames(/** @type {BenchOrder} */ { count, width, height }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height } });
  const [track] = stream.getVideoTracks();
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  try {
    for (let i = 0; i < count; i++) {
      const { value } = await reader.read();
      if (value) yield value;
    }
  } finally {
    await reader.cancel();
    track.stop();
  }
}

/** Encoded once for each size. @type {Map<string, Promise<EncodedVideoChunk[]>>} */
const films = new Map();

/**
 * @param {number} width
 * @param {number} height
 */
async function encode(width, height) {
  /** @type {EncodedVideoChunk[]} */
  const chunks = [];
  const encoder = new VideoEncoder({
    output: (chunk) => chunks.push(chunk),
    error: (error) => reportError(error),
  });
  encoder.configure({ codec: "vp09.00.31.08", width, height, bitrate: 4e6, latencyMode: "realtime" });
  for (let i = 0; i < PICTURES; i++) {
    const frame = await makeFrame({ count: 1, width, height, kind: "canvas" });
    encoder.encode(/** @type {VideoFrame} */ (frame), { keyFrame: i === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return chunks;
}

/** As a film's player decodes them. @param {BenchOrder} order @returns {Promise<VideoFrame[]>} */
async function filmFrames({ count, width, height }) {
  const size = `${width}x${height}`;
  const film = films.get(size) ?? encode(width, height);
  films.set(size, film);
  const chunks = await film;
  /** @type {VideoFrame[]} */
  const frames = [];
  const decoder = new VideoDecoder({
    output: (frame) => frames.push(frame),
    error: (error) => reportError(error),
  });
  decoder.configure({ codec: "vp09.00.31.08", codedWidth: width, codedHeight: height });
  for (let i = 0; i < count; i++) decoder.decode(chunks[i % chunks.length]); // the first one is a key frame
  await decoder.flush();
  decoder.close();
  return frames;
}

/**
 * BT.601, limited range: what a webcam delivers.
 *
 * @param {Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 */
function toI420(rgba, width, height) {
  const planes = new Uint8Array(width * height * 1.5);
  const quarter = (width * height) / 4;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const [r, g, b] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
      planes[i] = 16.5 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (x % 2 || y % 2) continue;
      const at = 4 * quarter + (y >> 1) * (width >> 1) + (x >> 1);
      planes[at] = 128.5 - 0.148 * r - 0.291 * g + 0.439 * b;
      planes[at + quarter] = 128.5 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  return planes;
}

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D}
 */
export function context2d(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context || !("fillRect" in context)) throw new Error("this browser gives no 2D context");
  return /** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} */ (context);
}

/**
 * Canvas drawing is recorded and done later; reading one pixel has it done now, for every contender alike.
 *
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 */
export function flush(context) {
  context.getImageData(0, 0, 1, 1);
}

/** @param {Blob} blob @returns {Promise<string>} */
export function dataUrl(blob) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const reader = new FileReader();
  reader.onload = () => resolve(/** @type {string} */ (reader.result));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
  return promise;
}

/**
 * Cells that a composite filled with #00FF00.
 *
 * @param {CanvasImageSource} canvas
 */
export function personOfComposite(canvas) {
  const small = new OffscreenCanvas(CELLS.width, CELLS.height);
  const context = context2d(small);
  context.drawImage(canvas, 0, 0, CELLS.width, CELLS.height);
  const { data } = context.getImageData(0, 0, CELLS.width, CELLS.height);
  return Array.from({ length: CELLS.width * CELLS.height }, (_, i) => {
    const [r, g, b] = data.subarray(4 * i, 4 * i + 3);
    return Number(r < 140 && b < 140 && g - Math.max(r, b) > 100);
  });
}

/**
 * Cells whose middle has a confidence above one half.
 *
 * @param {Float32Array} mask
 * @param {number} width
 * @param {number} height
 */
export function personOfMask(mask, width, height) {
  return Array.from({ length: CELLS.width * CELLS.height }, (_, i) => {
    const x = Math.floor((((i % CELLS.width) + 0.5) * width) / CELLS.width);
    const y = Math.floor(((Math.floor(i / CELLS.width) + 0.5) * height) / CELLS.height);
    return Number(mask[y * width + x] > 0.5);
  });
}
