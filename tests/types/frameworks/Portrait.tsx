// A React 19 component with every attribute, every event and a ref.

import type { Effect, SelfieSegmentationElement } from "pyselfie";
import { PySelfie, useProcessedTrack } from "pyselfie/react";
import { useRef } from "react";

export function Portrait({ effect, strength }: { effect: Effect; strength: number }) {
  const element = useRef<SelfieSegmentationElement>(null);
  const save = async (): Promise<Blob | undefined> => element.current?.snapshot();
  return (
    <>
      <selfie-segmentation
        ref={element}
        className="portrait"
        src="photo.jpg"
        camera
        site="/pyselfie/"
        effect={effect}
        background="rebeccapurple"
        strength={strength}
        modelSelection={1}
        model-selection="landscape"
        mirror
        paused={false}
        backend="wasm"
        painter="canvas2d"
        fit="cover"
        onprogress={({ detail }) => detail.loaded / detail.total}
        onready={({ detail }) => detail.backend.toUpperCase()}
        onframe={({ detail }) => detail.ms.toFixed(1)}
        onstats={({ detail }) => detail.fps.toFixed(0)}
        onmodel={({ detail }) => detail.modelSelection + 1}
        onbackendchange={({ detail }) => detail.reason.length}
        onnotice={({ detail }) => detail.message.length}
        onoverload={({ detail }) => detail.seconds + detail.framesPerMask}
        onerror={({ detail }) => console.warn(detail.code, detail.message)}
        onClick={save}
      >
        Just a moment
      </selfie-segmentation>
      {/* @ts-expect-error an effect that does not exist */}
      <selfie-segmentation effect="sepia" />
      {/* @ts-expect-error a number is expected */}
      <selfie-segmentation strength="lots" />
      {/* @ts-expect-error there is no such attribute */}
      <selfie-segmentation colour="red" />
      {/* @ts-expect-error the event has no such detail */}
      <selfie-segmentation onframe={({ detail }) => detail.blur} />
    </>
  );
}

export function Wrapped({ effect, strength }: { effect: Effect; strength: number }) {
  const element = useRef<SelfieSegmentationElement>(null);
  return (
    <>
      <PySelfie
        ref={element}
        className="portrait"
        src="photo.jpg"
        camera
        site="/pyselfie/"
        effect={effect}
        background="rebeccapurple"
        strength={strength}
        modelSelection="landscape"
        mirror
        decontaminate={false}
        onProgress={({ detail }) => detail.loaded / detail.total}
        onModelProgress={({ detail }) => detail.loaded / detail.total}
        onReady={({ detail }) => detail.backend.toUpperCase()}
        onBackendChange={({ detail }) => detail.reason.length}
        onError={({ detail }) => console.warn(detail.code, detail.message)}
        onClick={() => element.current?.snapshot()}
      >
        Just a moment
      </PySelfie>
      {/* @ts-expect-error an effect that does not exist */}
      <PySelfie effect="sepia" />
      {/* @ts-expect-error a number is expected */}
      <PySelfie strength="lots" />
      {/* @ts-expect-error there is no such option */}
      <PySelfie colour="red" />
      {/* @ts-expect-error the event has no such detail */}
      <PySelfie onFrame={({ detail }) => detail.blur} />
    </>
  );
}

export function Call({ camera }: { camera: MediaStreamTrack | null }) {
  const { track, ready, error } = useProcessedTrack(camera, { effect: "blur", onFailure: "freeze" });
  // @ts-expect-error the camera is the caller's
  useProcessedTrack(camera, { stopSource: true });
  return <p>{error?.message ?? (ready ? track?.metrics.fps : "Loading …")}</p>;
}
