// Both ends of a call in one page: the camera's track is processed before it is sent.

import { processTrack } from "../../dist/pyselfie.js";

const background = document.getElementById("background");
const state = document.getElementById("state");

async function call() {
  const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 30 } });
  const track = processTrack(camera.getVideoTracks()[0], { background: background.value, onFailure: "placeholder" });
  background.oninput = () => track.setOptions({ background: background.value });
  track.addEventListener("error", ({ detail }) => {
    state.textContent = detail.message;
  });
  track.addEventListener("stats", ({ detail: { fps, framesPerMask } }) => {
    state.textContent = `${fps.toFixed(0)} frames a second, a new mask every ${framesPerMask}`;
  });
  await connect(track);
  return track;
}

async function connect(track) {
  const near = new RTCPeerConnection();
  const far = new RTCPeerConnection();
  near.onicecandidate = ({ candidate }) => candidate && far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => candidate && near.addIceCandidate(candidate);
  far.ontrack = ({ track: received }) => {
    const video = document.getElementById("far");
    video.srcObject = new MediaStream([received]);
    video.play();
  };
  near.addTrack(track);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
}

document.getElementById("call").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  window.sent = await call(); // for a look at it from the console
});
