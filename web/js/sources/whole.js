// Whether a picture's file is all there. Chromium refuses to decode one that is cut off; Firefox gives what it has of a
// JPEG or PNG, and tells nobody that the rest is missing. Only the formats' own ends are looked for: what phones and
// programs put behind them doesn't matter.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const [SCAN, END] = [0xda, 0xd9]; // a JPEG's markers, each behind a byte 0xff
const PNG_HEAD = "\x89PNG\r\n\x1a\n";

/**
 * @param {Blob} blob
 * @returns {Promise<boolean>} False if the file ends too early; true also for other formats, and for a file that has
 *   gone meanwhile: whether that can be shown is known to whoever decodes it.
 */
export function isWhole(blob) {
  return hasEnd(blob).catch(() => true);
}

/** @param {Blob} blob */
async function hasEnd(blob) {
  const head = await bytesOf(blob.slice(0, 12));
  const [letters, last] = [textOf(head), textOf(await bytesOf(blob.slice(-12)))]; // most files end with an end
  if (/^RIFF.*WEBP$/s.test(letters)) return 8 + new DataView(head.buffer).getUint32(4, true) <= blob.size;
  if (letters.startsWith(PNG_HEAD)) return last.slice(4, 8) === "IEND" || endsPng(await bytesOf(blob));
  return !letters.startsWith("\xff\xd8\xff") || last.endsWith("\xff\xd9") || endsJpeg(await bytesOf(blob));
}

/** @param {Blob} blob @returns {Promise<Bytes>} */
async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

/** @param {Bytes} bytes */
function textOf(bytes) {
  return String.fromCharCode(...bytes);
}

/** @param {Bytes} bytes */
function endsPng(bytes) {
  const view = new DataView(bytes.buffer);
  const end = 0x49454e44; // IEND; browsers don't miss the checksum behind it
  for (let at = PNG_HEAD.length; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === end) return true;
  }
  return false;
}

/** Whether an end comes after the first pixels: a small picture in the head has one, too. @param {Bytes} bytes */
function endsJpeg(bytes) {
  let at = 2;
  while (at >= 0 && at + 3 < bytes.length && bytes[at + 1] !== SCAN) {
    const isFilling = bytes[at + 1] === 0xff;
    at = bytes.indexOf(0xff, isFilling ? at + 1 : at + 2 + (bytes[at + 2] << 8) + bytes[at + 3]);
  }
  while (at >= 0 && bytes[at + 1] !== END) at = bytes.indexOf(0xff, at + 1);
  return at >= 0;
}
