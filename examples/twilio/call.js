// Twilio's camera track with another background. A room gets it by `Twilio.Video.connect(token, { tracks: [videoTrack] })`.

import { SelfieProcessor } from "../../dist/twilio.js";

const LOOKS = { none: { effect: "none" }, blur: { effect: "blur" }, room: { background: "../../dist/backdrops/room.jpg" } };

const background = document.getElementById("background");
const state = document.getElementById("state");

document.getElementById("start").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  const videoTrack = await Twilio.Video.createLocalVideoTrack({ width: 1280, height: 720 });
  const processor = new SelfieProcessor(LOOKS[background.value]);
  processor.addEventListener("error", ({ detail }) => {
    state.textContent = detail.message;
  });
  videoTrack.addProcessor(processor, { inputFrameBufferType: "videoframe" });
  videoTrack.attach(document.getElementById("preview"));
  background.onchange = () => processor.setOptions(LOOKS[background.value]);
});
