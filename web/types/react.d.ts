/** What `pyselfie/react` exports, and `<selfie-segmentation>` in TSX. For React 19. */

import type { ClassAttributes, HTMLAttributes, ReactElement, Ref } from "react";
import type {
  HeldOptions,
  HeldTrackState,
  SelfieAttributes,
  SelfieEvents,
  SelfieListeners,
  SelfieSegmentationElement,
} from "./pyselfie.js";

type Names = {
  modelprogress: "onModelProgress";
  backendchange: "onBackendChange";
};
type NameOf<Event extends keyof SelfieEvents> = Event extends keyof Names ? Names[Event] : `on${Capitalize<Event>}`;

/** The element's events as props: `onReady`, `onBackendChange` and so on. */
export type PySelfieListeners = { [Event in keyof SelfieEvents as NameOf<Event>]?: (event: SelfieEvents[Event]) => void };

/** The element's options, its events, and what any tag takes. What is between the tags is shown until the first picture. */
export type PySelfieProps = SelfieAttributes &
  PySelfieListeners &
  Omit<HTMLAttributes<SelfieSegmentationElement>, keyof SelfieAttributes | keyof PySelfieListeners> & {
    ref?: Ref<SelfieSegmentationElement>;
  };

/** `<selfie-segmentation>` as a component; a wrong value is told by `onError`. */
export function PySelfie(props: PySelfieProps): ReactElement;

/**
 * The camera's track with another background, for as long as the component lives. The camera stays yours: it is read and
 * never stopped. Other options change the same track; so does another camera. On a server nothing happens.
 */
export function useProcessedTrack(source: MediaStreamTrack | null | undefined, options?: HeldOptions): HeldTrackState;

/** React's own `onError` and `onProgress` don't hear this element's events: those are `onerror` and `onprogress`. */
type Usual = Omit<HTMLAttributes<SelfieSegmentationElement>, `on${Capitalize<keyof SelfieEvents>}`>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "selfie-segmentation": ClassAttributes<SelfieSegmentationElement> & Usual & SelfieAttributes & SelfieListeners;
    }
  }
}
