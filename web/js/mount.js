// What a page has put into a section of its own: one panel each, until it's ended or another one takes its place.

/** What ends the panel of a section. @type {WeakMap<HTMLElement, () => void>} */
const ends = new WeakMap();

/**
 * Put a panel into `section`, in the place of the one before.
 *
 * @param {HTMLElement} section
 * @param {() => {element: HTMLElement, end: () => void}} makePanel
 * @returns {() => void} ends it
 */
export function mount(section, makePanel) {
  ends.get(section)?.();
  const panel = makePanel();
  section.replaceChildren(panel.element);
  section.hidden = false;
  const end = () => {
    if (ends.get(section) !== end) return; // another one has taken its place
    ends.delete(section);
    panel.end();
    panel.element.remove();
    section.hidden = true;
  };
  ends.set(section, end);
  return end;
}
