import { make } from "./dom.js";

/** Let the browser save this as a file. @param {Blob} blob @param {string} name */
export function saveFile(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The download has its own hold on the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/** A name with the time in it. @param {string} ending */
export function stamped(ending) {
  const time = new Date().toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
  return `pyselfie-${time}.${ending}`;
}
