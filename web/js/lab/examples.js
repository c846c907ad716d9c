// The project's own pictures with their masks, fetched when somebody asks for them.

import { SourceError } from "../sources/sources.js";

const FOLDER = new URL("../../fixtures/", import.meta.url);

/** @typedef {import("./intake.js").Named} Named */

/** @returns {Promise<{pictures: Named[], truths: Named[]}>} */
export async function fetchExamples() {
  try {
    /** @type {{pictures: string[], truths: string[]}} */
    const list = await (await fetched("fixtures.json")).json();
    const all = (/** @type {string[]} */ paths) => Promise.all(paths.map(asFile));
    const [pictures, truths] = await Promise.all([all(list.pictures), all(list.truths)]);
    return { pictures, truths };
  } catch {
    throw new SourceError(
      "The example pictures could not be loaded: check the connection, or drop pictures of your own.",
    );
  }
}

/** @param {string} path @returns {Promise<Named>} */
async function asFile(path) {
  const blob = await (await fetched(path)).blob();
  const name = path.split("/").at(-1) ?? path;
  return { name, file: new File([blob], name, { type: blob.type }) };
}

/** @param {string} path */
async function fetched(path) {
  const response = await fetch(new URL(path, FOLDER));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
