/** An editor for effects in Python, as docs/write-an-effect.md says. */

import type { SelfieSegmentationElement } from "./pyselfie.js";

export interface EditorOptions {
  /** Python's text to begin with; without it a small effect to change. */
  source?: string;
  /** Parameters of it that shall not have their defaults. */
  values?: Record<string, number | boolean | string>;
  /** Told a moment after the last key, and when a parameter is set: to be kept, for instance. */
  onChange?: (written: { source: string; values: Record<string, number | boolean | string> }) => void;
}

/**
 * Put an editor into `section`, with the effect's parameters as controls, what has become of the text, and a console; its
 * code is loaded now. What stands in it is the element's effect, by `setEffect`; a page calls that itself or has an editor.
 *
 * @returns ends it: the editor goes, what runs stays until `setEffect` says otherwise
 */
export function mountEditor(
  section: HTMLElement,
  selfie: SelfieSegmentationElement,
  options?: EditorOptions,
): Promise<() => void>;
