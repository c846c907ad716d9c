// Our processor is what LiveKit's SDK takes, by the SDK's own declarations.

import type { LocalVideoTrack, Track, TrackProcessor, VideoProcessorOptions } from "livekit-client";
import { SelfieProcessor } from "../../web/types/livekit";

const processor = new SelfieProcessor({ effect: "blur", onFailure: "placeholder" });
const video: TrackProcessor<Track.Kind.Video, VideoProcessorOptions> = processor;

declare const track: LocalVideoTrack;
const set: Promise<void> = track.setProcessor(processor);

processor.setOptions({ background: "office.jpg" });
processor.addEventListener("overload", ({ detail }) => detail.seconds + detail.framesPerMask);

// @ts-expect-error the camera is LiveKit's
new SelfieProcessor({ stopSource: true });

export { set, video };
