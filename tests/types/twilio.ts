// Our processor is what Twilio's SDK takes, by the SDK's own declarations.

import type { LocalVideoTrack, VideoProcessor } from "twilio-video";
import { SelfieProcessor } from "../../web/types/twilio";

const processor = new SelfieProcessor({ effect: "blur", onFailure: "placeholder" });
const video: VideoProcessor = processor;

declare const track: LocalVideoTrack;
const added: LocalVideoTrack = track.addProcessor(processor, { inputFrameBufferType: "videoframe" });

processor.setOptions({ background: "office.jpg" });
processor.addEventListener("overload", ({ detail }) => detail.seconds + detail.framesPerMask);
processor.addEventListener("stats", ({ detail }) => detail.fps + detail.dropped);

// @ts-expect-error the camera is Twilio's
new SelfieProcessor({ stopSource: true });

export { added, video };
