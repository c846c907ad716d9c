// How <selfie-segmentation> looks; a page styles it by its parts, states and custom properties.

const TEXT = `
:host { display: block; position: relative; overflow: hidden; aspect-ratio: 16 / 9;
  background: var(--selfie-background, #e4e6ea); color: var(--selfie-color, #3b3f46); }
:host([hidden]) { display: none; }
[part="stage"], [part="placeholder"] { position: absolute; inset: 0; }
[part="stage"] { display: grid; }
[part="placeholder"] { display: grid; place-items: center; text-align: center; transition: opacity 0.2s; }
:host(:state(painted)) [part="placeholder"] { opacity: 0; visibility: hidden; }
canvas { display: block; width: 100%; height: 100%; min-width: 0; min-height: 0;
  object-fit: var(--selfie-fit, contain); object-position: var(--selfie-position, center); }
@media (prefers-reduced-motion: reduce) { [part="placeholder"] { transition: none; } }
@media (prefers-color-scheme: dark) {
  :host { background: var(--selfie-background, #1b1e24); color: var(--selfie-color, #c6cad2); } }
`;

/** A sheet made by script needs nothing of the page's `style-src`. */
export function elementStyle() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(TEXT);
  return sheet;
}
