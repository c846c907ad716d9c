/**
 * Machine code of Python's modules in files of their own: it is compiled while it comes, and browsers keep what they have
 * made of a file's code. Of an archive's they keep nothing.
 * None is handed out before all of its bytes are known to be the right ones.
 *
 * @typedef {[file: string, code: WebAssembly.Module][]} Modules by their paths below site-packages
 */
import { DownloadError } from "./downloads.js";

/** @param {import("./downloads.js").Downloads} downloads @returns {Promise<Modules>} each known to be whole */
export function compileNative(downloads) {
  const files = Object.entries(downloads.native);
  const modules = Promise.all(files.map(async ([path, file]) => [file, await compiled(downloads, path)]));
  modules.catch(() => {}); // whoever awaits them is told, and that is not at once
  return /** @type {Promise<Modules>} */ (modules);
}

/** @param {import("./downloads.js").Downloads} downloads @param {string} path */
async function compiled(downloads, path) {
  const url = downloads.expect(path);
  try {
    const response = await fetch(url);
    const [code] = await Promise.all([WebAssembly.compileStreaming(response), downloads.verified(url)]);
    return code;
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    return WebAssembly.compile(await downloads.buffer(url)); // where a server gives it another type
  }
}

/** Python then finds a module loaded when it imports it; the file of its name is empty. @param {any} pyodide @param {Modules} modules */
export async function linkNative({ _module, _api }, modules) {
  for (const [file, code] of modules) {
    const path = `${_api.sitePackages}/${file}`;
    const flags = { loadAsync: true, nodelete: true, allowUndefined: true };
    _module.preloadedWasm[path] = await _module.loadWebAssemblyModule(code, flags, path, {});
  }
}
