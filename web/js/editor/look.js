// What the editor in any page is made of. The build writes it from the playground's own template, style sheets and first text.

/** HTML of `<div class="bench">`, all there is in the editor's shadow root. */
export const MARKUP = "";
export const STYLE = "";
/** The text to begin with. */
export const SOURCE = "";
