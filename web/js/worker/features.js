/** What has to be there before anything is worth its download. */

const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
/** A function that makes a vector: `(func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)`. */
const SIMD = new Uint8Array([
  ...EMPTY,
  ...[1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 10, 1, 8, 0, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x62, 0x0b],
]);

const POLICY_FORBIDS_WASM =
  "This page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src.";

/**
 * What this worker lacks, with a sentence each.
 *
 * @returns {{feature: string, sentence: string}[]}
 */
export function missingHere() {
  const missing = [];
  if (!("WebAssembly" in self)) {
    missing.push({
      feature: "wasm",
      sentence: "This browser has no WebAssembly, or it is switched off: use another one.",
    });
  } else if (!compiles()) {
    missing.push({ feature: "wasm-policy", sentence: POLICY_FORBIDS_WASM });
  } else if (!WebAssembly.validate(SIMD)) {
    missing.push({ feature: "wasm-simd", sentence: "This browser's WebAssembly has no SIMD: use a newer browser." });
  }
  if (!canPaint()) {
    const sentence = "This browser has no OffscreenCanvas with a 2D context in workers: use a newer browser.";
    missing.push({ feature: "offscreen-canvas", sentence });
  }
  return missing;
}

/** Even the empty module is refused where the policy allows none. */
function compiles() {
  try {
    return new WebAssembly.Module(EMPTY) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

function canPaint() {
  try {
    return new OffscreenCanvas(1, 1).getContext("2d") !== null;
  } catch {
    return false;
  }
}
