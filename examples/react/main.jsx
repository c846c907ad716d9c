import { StrictMode, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { useSelfieSegmentation } from "./useSelfieSegmentation.js";

function paint(canvas, { image, segmentationMask }) {
  Object.assign(canvas, { width: image.width, height: image.height });
  const context = canvas.getContext("2d");
  context.drawImage(segmentationMask, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.drawImage(image, 0, 0);
}

function CutOut() {
  const canvas = useRef(null);
  const [selfieMode, setSelfieMode] = useState(false);
  const [state, setState] = useState("Choose a photo.");
  const { segment, error } = useSelfieSegmentation({ selfieMode });
  const show = async ({ target }) => {
    if (!target.files.length) return;
    setState("Working …");
    const photo = await createImageBitmap(target.files[0]);
    paint(canvas.current, await segment(photo));
    photo.close();
    setState("Done.");
  };
  return (
    <main>
      <input type="file" accept="image/*" aria-label="Photo" onChange={show} />
      <label>
        <input type="checkbox" checked={selfieMode} onChange={({ target }) => setSelfieMode(target.checked)} /> Mirror
      </label>
      <p role="status">{error?.message ?? state}</p>
      <canvas ref={canvas} aria-label="The person, cut out" />
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <CutOut />
  </StrictMode>,
);
