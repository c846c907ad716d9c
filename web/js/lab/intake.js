// Two places for files, one for pictures and one for their masks: chosen, or dropped as files or as folders.

import { byId } from "../dom.js";

/** @typedef {{name: string, file: File}} Named  The name as it is compared: below the folder that was dropped. */

/** Emits `change`, `astray` when something is dropped beside both places, `unreadable` when it cannot be read. */
export class Intake extends EventTarget {
  /** @type {Named[]} */
  pictures = [];
  /** @type {Named[]} */
  truths = [];

  constructor() {
    super();
    for (const kind of /** @type {const} */ (["pictures", "truths"])) this.#wire(kind);
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("astray"));
    });
  }

  /** @param {"pictures" | "truths"} kind */
  #wire(kind) {
    const place = byId(`${kind}-place`, HTMLElement);
    const input = byId(`${kind}-input`, HTMLInputElement);
    byId(`${kind}-button`, HTMLButtonElement).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.#take(
        kind,
        [...(input.files ?? [])].map((file) => ({ name: file.name, file })),
      );
      input.value = ""; // the same files can be chosen again
    });
    place.addEventListener("dragenter", () => place.setAttribute("data-active", "true"));
    place.addEventListener("dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node && place.contains(event.relatedTarget)))
        place.removeAttribute("data-active");
    });
    place.addEventListener("drop", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      place.removeAttribute("data-active");
      try {
        this.#take(kind, await dropped(event.dataTransfer));
      } catch {
        this.dispatchEvent(new CustomEvent("unreadable"));
      }
    });
  }

  /** @param {"pictures" | "truths"} kind @param {Named[]} files */
  #take(kind, files) {
    if (files.length === 0) return;
    this[kind] = files;
    this.#show();
  }

  /** @param {Named[]} pictures @param {Named[]} truths */
  set(pictures, truths) {
    this.pictures = pictures;
    this.truths = truths;
    this.#show();
  }

  #show() {
    for (const kind of /** @type {const} */ (["pictures", "truths"]))
      byId(`${kind}-count`, HTMLElement).textContent = counted(this[kind]);
    this.dispatchEvent(new CustomEvent("change"));
  }
}

/** @param {Named[]} files */
function counted(files) {
  if (files.length < 2) return files.map(({ name }) => name).join("");
  return `${files.length} files, from ${files[0].name}`;
}

/** @param {DataTransfer | null} transfer @returns {Promise<Named[]>} */
async function dropped(transfer) {
  const files = [...(transfer?.files ?? [])];
  // Entries are there in this very task only.
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return files.map((file) => ({ name: file.name, file }));
  const found = await Promise.all(entries.map((entry) => (entry ? inside(entry, "") : [])));
  return found.flat();
}

/** @param {FileSystemEntry} entry @param {string} path of the folder it is in @returns {Promise<Named[]>} */
async function inside(entry, path) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) {
    const { promise, resolve, reject } = Promise.withResolvers();
    /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject);
    const file = await promise;
    return [{ name: path + entry.name, file }];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {FileSystemEntry[]} */
  const entries = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break; // a reader gives a hundred at a time
    entries.push(...some);
  }
  const below = entry.fullPath.lastIndexOf("/") === 0 ? "" : `${path}${entry.name}/`;
  return (await Promise.all(entries.map((one) => inside(one, below)))).flat();
}
