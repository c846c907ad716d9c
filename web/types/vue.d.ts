/** `<selfie-segmentation>` in Vue's templates: `import type {} from "pyselfie/vue"`. */

import type { EmitFn, HTMLAttributes, PublicProps } from "vue";
import type { SelfieAttributes, SelfieEvents, SelfieSegmentationElement } from "./pyselfie.js";

type Usual = Omit<HTMLAttributes, `on${Capitalize<keyof SelfieEvents>}`>;
type Emits = { [Name in keyof SelfieEvents]: (event: SelfieEvents[Name]) => void };

declare module "vue" {
  interface GlobalComponents {
    "selfie-segmentation": new () => SelfieSegmentationElement & {
      $props: Usual & SelfieAttributes & PublicProps;
      $emit: EmitFn<Emits>;
    };
  }
}
