// Parts of the library that come when they're asked for.

/**
 * @template T
 * @param {() => Promise<T>} load
 * @param {string} what  Its name, as a sentence begins: “The editor”.
 * @returns {Promise<T>}
 */
export async function later(load, what) {
  try {
    return await load();
  } catch (cause) {
    throw new Error(`${what} could not be loaded: check the connection and try again, or reload the page.`, { cause });
  }
}
