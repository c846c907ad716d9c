/** `<selfie-segmentation>` in TSX, for React 19: `import type {} from "pyselfie/react"`. */

import type { ClassAttributes, HTMLAttributes } from "react";
import type { SelfieAttributes, SelfieEvents, SelfieListeners, SelfieSegmentationElement } from "./pyselfie.js";

/** React's own `onError` and `onProgress` don't hear this element's events: those are `onerror` and `onprogress`. */
type Usual = Omit<HTMLAttributes<SelfieSegmentationElement>, `on${Capitalize<keyof SelfieEvents>}`>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "selfie-segmentation": ClassAttributes<SelfieSegmentationElement> & Usual & SelfieAttributes & SelfieListeners;
    }
  }
}
