// Typed access to the elements that the template promises.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @param {Document | ShadowRoot} root
 * @returns {T}
 * @throws {Error} If the page has no such element.
 */
export function byId(id, kind, root = document) {
  const element = root.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} with the id “${id}”.`);
  return element;
}

/**
 * A new element with these properties and contents; a name with "-" is an attribute.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [given]
 * @param {(Node | string)[]} inside
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, given = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...inside);
  return element;
}

/**
 * @param {string} name
 * @returns {HTMLInputElement[]}
 */
export function radios(name) {
  return [...document.querySelectorAll("input")].filter((input) => input.name === name);
}

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: any) => void} listener  Gets the detail of a CustomEvent.
 * @param {AddEventListenerOptions} [options]
 */
export function on(target, type, listener, options) {
  target.addEventListener(type, (event) => listener(event instanceof CustomEvent ? event.detail : undefined), options);
}
