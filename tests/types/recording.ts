// A recording as docs/element.md shows it, with the types of its events.

import type { Recorded, SelfieSegmentationElement } from "../../web/types/pyselfie";

declare const element: SelfieSegmentationElement;

const recording = await element.record({ format: "webm", audio: true });
recording.addEventListener("progress", ({ detail }) => detail.state === "paused" && detail.seconds + detail.bytes);
recording.pause();
recording.resume();
const { blob, reason }: Recorded = await recording.stop();

// @ts-expect-error no browser records it
element.record({ format: "avi" });

export { blob, reason };
