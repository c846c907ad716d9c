/** What `pyselfie/vue` exports, and `<selfie-segmentation>` in Vue's templates. For Vue 3.5. */

import type { ComputedRef, EmitFn, HTMLAttributes, MaybeRefOrGetter, PublicProps, VNode } from "vue";
import type {
  HeldOptions,
  HeldTrackState,
  SelfieAttributes,
  SelfieEvents,
  SelfieSegmentationElement,
} from "./pyselfie.js";

type Usual = Omit<HTMLAttributes, `on${Capitalize<keyof SelfieEvents>}`>;
type Emits = { [Name in keyof SelfieEvents]: (event: SelfieEvents[Name]) => void };

/** `<selfie-segmentation>` as a component; a wrong value is told by `@error`. What is in its slot is shown until the first picture. */
export const PySelfie: new () => {
  $props: Usual & SelfieAttributes & PublicProps;
  $emit: EmitFn<Emits>;
  $slots: { default?: () => VNode[] };
  /** The tag itself, with its methods; null before it is mounted. */
  readonly element: SelfieSegmentationElement | null;
};

/**
 * The camera's track with another background, until the scope ends. The camera stays yours: it is read and never stopped.
 * Other options change the same track; so does another camera. On a server nothing happens.
 */
export function useProcessedTrack(
  source: MaybeRefOrGetter<MediaStreamTrack | null | undefined>,
  options?: MaybeRefOrGetter<HeldOptions>,
): { readonly [Name in keyof HeldTrackState]: ComputedRef<HeldTrackState[Name]> };

declare module "vue" {
  interface GlobalComponents {
    "selfie-segmentation": new () => SelfieSegmentationElement & {
      $props: Usual & SelfieAttributes & PublicProps;
      $emit: EmitFn<Emits>;
    };
  }
}
