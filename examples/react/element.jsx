import "pyselfie";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import photo from "../astronaut.jpg";

const site = new URL("pyselfie/", document.baseURI).href; // where copy-pyselfie.js puts the files

function Portrait() {
  const [effect, setEffect] = useState("blur");
  const [said, setSaid] = useState("Loading …");
  return (
    <main>
      <label>
        Background{" "}
        <select value={effect} onChange={({ target }) => setEffect(target.value)}>
          <option value="blur">blurred</option>
          <option value="transparent">taken away</option>
        </select>
      </label>
      <selfie-segmentation
        site={site}
        src={photo}
        effect={effect}
        aria-label="An astronaut"
        onready={({ detail }) => setSaid(`Runs on ${detail.backend}.`)}
        onerror={({ detail }) => setSaid(detail.message)}
      />
      <p role="status">{said}</p>
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <Portrait />
  </StrictMode>,
);
