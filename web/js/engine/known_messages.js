/**
 * What a page takes from an isolated worker. The code in there may send what it likes, so each message is put together
 * anew from fields that have the type and the size that protocol_from.d.ts says; what isn't in there is left out, and a
 * message that isn't whole is none.
 */

const LONGEST = 4_000;
// Of a user's effect: MOST_LINES printed lines of LONGEST_LINE letters (custom/console.py), or MOST_CONTROLS controls, each
// with LONGEST_TEXT letters of choices, default and value (custom/controls.py); JSON makes six of some letters.
const LONGEST_JSON = 2_000_000;
const MOST_ENTRIES = 64; // MOST_CONTROLS, too
const MOST_PIXELS = 2 ** 26;
const MOST_BITMAPS = 4;

/**
 * @typedef {(value: any) => boolean} Check
 * @typedef {Record<string, Check>} Fields
 */

/** @type {Check} */
const number = (value) => Number.isFinite(value);
/** @type {Check} */
const flag = (value) => typeof value === "boolean";
/** @type {Check} */
const text = (value) => typeof value === "string" && value.length <= LONGEST;
/** JSON of an object that passes. @param {Check} check @returns {Check} */
const json = (check) => (value) => typeof value === "string" && value.length <= LONGEST_JSON && passes(value, check);
/** @param {Check} check @returns {Check} */
const orNull = (check) => (value) => value === null || check(value);
/** @param {Check} check @returns {Check} */
const orNone = (check) => (value) => value === undefined || check(value);
/** @type {Check} */
const picture = (value) => value instanceof ImageBitmap || ("VideoFrame" in globalThis && value instanceof VideoFrame);
/** @type {Check} */
const timings = (value) =>
  isPlain(value) &&
  Object.entries(value).length <= MOST_ENTRIES &&
  Object.entries(value).every(([name, each]) => text(name) && isPlain(each) && number(each.median) && number(each.p95));
/** @type {Check} */
const planes = (value) =>
  isPlain(value) &&
  Number.isInteger(value.width) &&
  Number.isInteger(value.height) &&
  value.data instanceof Float32Array &&
  orNone(texts)(value.names) &&
  value.data.length === value.width * value.height * (value.names?.length ?? 1) &&
  value.data.length <= MOST_PIXELS;
/** @type {Check} */
const texts = (value) => Array.isArray(value) && value.length <= MOST_ENTRIES && value.every(text);
/** @type {Check} */
const png = (value) => value instanceof Blob && value.type === "image/png";
/** @type {Check} */
const pictures = (value) => Array.isArray(value) && value.length <= MOST_BITMAPS && value.every(picture);
/** @type {Check} */
const integers = (value) => Array.isArray(value) && value.length <= 3 && value.every(Number.isInteger);
/** @type {Check} */
const step = (value) =>
  isPlain(value) &&
  [value.name, value.label, value.note].every(text) &&
  texts(value.sources) &&
  orNull(text)(value.timedWith) &&
  orNull(text)(value.dtype) &&
  orNull(integers)(value.shape) &&
  [value.ms, value.low, value.high, value.odd].every(orNull(number)) &&
  (value.picture === null || value.picture instanceof ImageData);
/** @type {Check} */
const steps = (value) => Array.isArray(value) && value.length <= MOST_ENTRIES && value.every(step);
/** @type {Check} */
const pixels = (value) =>
  isPlain(value) && value.data instanceof Uint8Array && value.data.length === 4 * value.width * value.height;
/** A step's array: see `tracedArray`. @type {Check} */
const traced = (value) =>
  isPlain(value) &&
  value.npy instanceof Uint8Array &&
  Number.isInteger(value.offset) &&
  ["uint8", "float32"].includes(value.dtype) &&
  integers(value.shape) &&
  pixels(value.picture) &&
  isPlain(value.histogram);
/** @type {Check} */
const answer = (value) =>
  value === undefined || value === null || png(value) || planes(value) || pictures(value) || traced(value);
/** @type {Check} */
const plain = (value) => number(value) || flag(value) || text(value);
/** `Control.as_dict`. @type {Check} */
const control = (value) =>
  isPlain(value) &&
  text(value.name) &&
  ["number", "flag", "choice", "color", "text"].includes(value.kind) &&
  plain(value.default) &&
  [value.low, value.high, value.step, value.longest].every(orNone(number)) &&
  orNone(flag)(value.whole) &&
  orNone(texts)(value.choices);
/** `CustomEffectError.as_dict`. @type {Check} */
const mistake = (value) => isPlain(value) && text(value.message) && [value.line, value.column].every(orNull(number));
/** `LiveEffect.as_dict`. @type {Check} */
const effectState = ({ controls, values, error, kind, running, ms }) =>
  Array.isArray(controls) &&
  controls.length <= MOST_ENTRIES &&
  controls.every(control) &&
  isPlain(values) &&
  Object.keys(values).length <= MOST_ENTRIES &&
  Object.values(values).every(plain) &&
  [null, "effect", "overlay"].includes(kind) &&
  [null, "newest", "before"].includes(running) &&
  orNull(number)(ms) &&
  orNull(mistake)(error);
/** A `Lot`. @type {Check} */
const lot = ({ dropped, lines }) => number(dropped) && Array.isArray(lines) && lines.every(text);

const STATUS = {
  backend: text,
  reason: text,
  model: orNone(text),
  modelSelection: orNone(number),
  modelAsked: orNone(number),
  modelReason: orNone(text),
  edges: orNone(text),
  threads: orNone(number),
  painter: orNone(text),
  painterReason: orNone(text),
};
const BYTES = { loaded: number, total: number, text };

/** The fields of each type. */
export const KNOWN = new Map(
  /** @type {[string, Fields][]} */ (
    Object.entries({
      want: { path: text, cache: orNone(text) },
      alive: { ping: orNone(number) },
      fetching: {},
      booted: {},
      ended: {},
      progress: BYTES,
      modelprogress: BYTES,
      downloaded: { bytes: number },
      ready: STATUS,
      model: STATUS,
      backendchange: STATUS,
      stats: {
        ...STATUS,
        fps: number,
        frames: number,
        stages: timings,
        width: number,
        height: number,
        wayIn: text,
        maskFrom: (value) => ["model", "camera"].includes(value),
        framesPerMask: orNone(number),
        masksReused: orNone(number),
        edgeDropped: orNone(flag),
      },
      overload: { framesPerMask: number, seconds: number },
      notice: { code: text, message: text },
      error: { code: text, message: text, action: (value) => [null, "retry", "restart"].includes(value) },
      effect: { state: json(effectState), printed: orNull(json(lot)) },
      effect_good: { number },
      effect_runs: { number },
      loading: { on: flag },
      repainted: { lot: number },
      canvas: {},
      show: {},
      gpucheck: { key: text, entry: text, ifItDies: orNull(text) },
      frame: { width: number, height: number, ms: number },
      dropped: {},
      composite: { frame: picture, timestamp: orNone(number) },
      trace: { steps, painter: text, readbacks: number },
      reply: { request: number, value: answer, error: orNone(text) },
    })
  ),
);

/** The message if it is one, else null: what it brought is closed then. @param {any} data @returns {any} */
export function knownMessage(data) {
  const fields = isPlain(data) && KNOWN.get(data.type);
  if (!fields || !orNone(number)(data.channel)) return refuse(data);
  const whole = Object.entries(fields).every(([name, check]) => check(data[name]));
  if (!whole) return refuse(data);
  const names = ["type", "channel", ...Object.keys(fields)].filter((name) => data[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, data[name]]));
}

/** @param {any} data */
function refuse(data) {
  if (isPlain(data)) for (const value of Object.values(data)) if (picture(value)) value.close();
  return null;
}

/** What came through a port has only fields of its own, but `__proto__` can be one. @param {any} value */
function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string} value @param {Check} check */
function passes(value, check) {
  try {
    const read = JSON.parse(value);
    return isPlain(read) && check(read);
  } catch {
    return false;
  }
}
