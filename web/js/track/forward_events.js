// What an adapter for a call SDK tells is what its track or engine tells.

const FORWARDED = ["stats", "overload", "notice", "error"];

/** @param {EventTarget} from @param {EventTarget} to */
export function forwardEvents(from, to) {
  for (const type of FORWARDED) {
    from.addEventListener(type, (event) => {
      to.dispatchEvent(new CustomEvent(type, { detail: /** @type {CustomEvent} */ (event).detail }));
    });
  }
}
