/** `<selfie-segmentation>` in Svelte 5's templates: `import type {} from "pyselfie/svelte"`. */

import type { HTMLAttributes } from "svelte/elements";
import type { SelfieAttributes, SelfieEvents, SelfieListeners, SelfieSegmentationElement } from "./pyselfie.js";

type Usual = Omit<HTMLAttributes<SelfieSegmentationElement>, `on${keyof SelfieEvents}`>;

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "selfie-segmentation": Usual & SelfieAttributes & SelfieListeners;
  }
}
