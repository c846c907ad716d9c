// Our effect is what lib-jitsi-meet takes. npm has no declarations of it: these are what its documentation and
// `JitsiLocalTrack` ask of an effect.

import { SelfieEffect } from "../../web/types/jitsi";

interface LocalTrack {
  isVideoTrack(): boolean;
  videoType?: "camera" | "desktop" | null;
  setEffect(effect?: StreamEffect): Promise<void>;
}

interface StreamEffect {
  isEnabled: (track: LocalTrack) => boolean;
  startEffect: (stream: MediaStream) => MediaStream;
  stopEffect: () => void;
  isMuted?: () => boolean;
  setMuted?: (muted: boolean) => void;
}

const effect = new SelfieEffect({ effect: "blur", onFailure: "placeholder" });
declare const track: LocalTrack;
const set: Promise<void> = track.setEffect(effect);

effect.setOptions({ background: "office.jpg" });
effect.addEventListener("overload", ({ detail }) => detail.seconds + detail.framesPerMask);

// @ts-expect-error the camera is Jitsi's
new SelfieEffect({ releaseWhenMuted: true });

export { set };
