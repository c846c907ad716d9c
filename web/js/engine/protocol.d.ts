/**
 * The messages between a page and its worker. `pysrc/pyselfie/browser/protocol/` says the same for the part that Python
 * reads and writes, and a test holds the two equal. All but the worker's own carry the channel that they are for.
 */

export type Frame = ImageBitmap | VideoFrame;

export * from "./protocol_from.js";
export * from "./protocol_to.js";
