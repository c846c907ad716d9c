import { PySelfie, useProcessedTrack } from "pyselfie/react";
import { useEffect, useRef, useState } from "react";
import photo from "../astronaut.jpg";

function Portrait() {
  const [effect, setEffect] = useState("blur");
  const [said, setSaid] = useState("Loading …");
  return (
    <>
      <label>
        Background{" "}
        <select value={effect} onChange={({ target }) => setEffect(target.value)}>
          <option value="blur">blurred</option>
          <option value="transparent">taken away</option>
        </select>
      </label>
      <PySelfie
        src={photo}
        effect={effect}
        aria-label="An astronaut"
        onReady={({ detail }) => setSaid(`Runs on ${detail.backend}.`)}
        onError={({ detail }) => setSaid(detail.message)}
      />
      <p role="status">{said}</p>
    </>
  );
}

function Call({ camera }) {
  const video = useRef(null);
  const [background, setBackground] = useState("#204060");
  const { track, ready, error } = useProcessedTrack(camera, { background });
  useEffect(() => {
    video.current.srcObject = track && new MediaStream([track]); // or: sender.replaceTrack(track)
  }, [track]);
  return (
    <>
      <label>
        Colour <input value={background} onChange={({ target }) => setBackground(target.value)} />
      </label>
      <video ref={video} aria-label="What the others see" autoPlay muted playsInline />
      <p role="status">{error?.message ?? (ready ? "On air." : "Loading …")}</p>
    </>
  );
}

/** A camera for as long as it's on. */
function useCamera(isOn) {
  const [camera, setCamera] = useState(null);
  useEffect(() => {
    if (!isOn) return;
    const opening = navigator.mediaDevices.getUserMedia({ video: true }).then((stream) => stream.getVideoTracks()[0]);
    let isOver = false;
    opening.then((track) => isOver || setCamera(track), console.warn);
    return () => {
      isOver = true;
      setCamera(null);
      opening.then((track) => track.stop(), () => {});
    };
  }, [isOn]);
  return camera;
}

export function App() {
  const [shown, setShown] = useState("photo");
  const camera = useCamera(shown === "call");
  return (
    <main>
      <label>
        Show{" "}
        <select value={shown} onChange={({ target }) => setShown(target.value)}>
          <option value="photo">a photo</option>
          <option value="call">a call</option>
          <option value="nothing">nothing</option>
        </select>
      </label>
      {shown === "photo" && <Portrait />}
      {camera && <Call camera={camera} />}
    </main>
  );
}
