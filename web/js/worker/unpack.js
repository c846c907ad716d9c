/** Zip archives whose files are stored as they are (builder/archives/zips.py): each becomes a view of the archive, not a copy. */

const END_BYTES = 22; // there is no comment behind it
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;
const TEXT = new TextDecoder();

/**
 * Lay an archive's files into Python's file system; Pyodide's own way copies each byte four times, in Python.
 *
 * @param {ArrayBuffer} archive belongs to the file system from here on
 * @param {any} FS Emscripten's
 * @param {string} folder
 */
export function unpack(archive, FS, folder) {
  const made = new Set();
  for (const { name, data } of members(archive)) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) FS.mkdirTree(parent);
    made.add(parent);
    FS.writeFile(path, data, { canOwn: true });
  }
}

/** @param {ArrayBuffer} archive */
function* members(archive) {
  const view = new DataView(archive);
  const end = archive.byteLength - END_BYTES;
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const size = view.getUint32(entry + 24, true);
    const nameBytes = view.getUint16(entry + 28, true);
    const header = view.getUint32(entry + 42, true);
    const start = header + HEADER_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    const name = TEXT.decode(new Uint8Array(archive, entry + ENTRY_BYTES, nameBytes));
    yield { name, data: new Uint8Array(archive, start, size) };
    entry += ENTRY_BYTES + nameBytes + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
}
