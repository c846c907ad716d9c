// Jitsi's camera track with another background. A conference gets it by `conference.addTrack(videoTrack)`.

import { SelfieEffect } from "../../dist/jitsi.js";

const LOOKS = { none: { effect: "none" }, blur: { effect: "blur" }, room: { background: "../../dist/backdrops/room.jpg" } };

const background = document.getElementById("background");
const state = document.getElementById("state");

JitsiMeetJS.init();

document.getElementById("start").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  const [videoTrack] = await JitsiMeetJS.createLocalTracks({ devices: ["video"] });
  const effect = new SelfieEffect(LOOKS[background.value]);
  effect.addEventListener("error", ({ detail }) => {
    state.textContent = detail.message;
  });
  await videoTrack.setEffect(effect);
  videoTrack.attach(document.getElementById("preview"));
  background.onchange = () => effect.setOptions(LOOKS[background.value]);
});
