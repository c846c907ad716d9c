/** The steps of bench/soak by name. Each begins and ends with the camera on show. What a step chooses follows from its number, so that a seed says what a run did. */

const EFFECTS = ["fill", "blur", "color", "transparent", "picture", "mask", "none"];
const BACKDROP = "/dist/backdrops/hills.jpg";
const BACKGROUNDS = ["#aa3355", BACKDROP, "seagreen"];
const OWN_EFFECTS = ["duotone", "pixelate", "spotlight", "echo", "pencil_sketch"];
const MULTICLASS = 2;
const FRAMES = 6;
const AWAY_MS = 400; // hidden, or without a source

/** @template T @param {T[]} list @param {number} number @returns {T} */
const choose = (list, number) => list[number % list.length];

/** Wait for frames of what has been set now. @param {SelfieElement} main @param {SoakTools} tools */
const painted = (main, { frames }, count = FRAMES) => frames(main, count);

/** The file's text; the number makes it another one each time. @param {number} number */
async function ownEffect(number) {
  const response = await fetch(`/effects/${choose(OWN_EFFECTS, number)}.py`);
  return `${await response.text()}\n# ${number}\n`;
}

/** @param {number} number */
async function photo(number) {
  const response = await fetch(`/frames/${number % 8}.jpg`);
  return createImageBitmap(await response.blob());
}

/** Show a track until the function that is returned is called. @param {MediaStreamTrack} track @param {SoakTools} tools */
async function shown(track, tools) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  const frame = () => new Promise((done) => video.requestVideoFrameCallback(done));
  for (let count = 0; count < FRAMES; count++) await tools.within(frame(), "a frame of a track");
  return () => {
    video.srcObject = null;
    video.remove();
  };
}

/** @type {Record<string, SoakStep>} */
export const STEPS = {
  async effect(main, number, tools) {
    main.effect = choose(EFFECTS, number);
    main.background = choose(BACKGROUNDS, number >> 3);
    await painted(main, tools);
  },
  async options(main, number, tools) {
    main.strength = (number % 11) / 10;
    main.smoothing = (number % 5) / 10;
    main.mirror = number % 2 === 0;
    main.decontaminate = number % 3 > 0;
    main.lightWrap = (number % 7) / 10;
    await painted(main, tools);
  },
  async model(main, number, tools) {
    main.modelSelection = choose(tools.models, number);
    main.edges = number % 3 ? "refined" : "raw";
    await painted(main, tools, 2 * FRAMES);
  },
  async multiclass(main, _number, tools) {
    if (main.modelSelection === MULTICLASS) return;
    const model = tools.next(main, "model", (running) => running.modelSelection === MULTICLASS);
    main.modelSelection = MULTICLASS;
    await model;
    await painted(main, tools, 2);
    main.modelSelection = 1;
    await tools.next(main, "model", (running) => running.modelSelection === 1);
  },
  async photo(main, number, tools) {
    const { width } = await tools.next(main, "frame");
    const frame = tools.next(main, "frame", (photo) => photo.width !== width); // the camera's last one comes late
    Object.assign(main, { camera: null, src: `/frames/${number % 8}.jpg` });
    await frame;
    await main.snapshot();
    Object.assign(main, { src: null, camera: "" });
    await painted(main, tools, 2);
  },
  async film(main, _number, tools) {
    Object.assign(main, { camera: null, src: "/frames/film.webm" });
    await painted(main, tools);
    Object.assign(main, { src: null, camera: "" });
    await painted(main, tools, 2);
  },
  async camera(main, _number, tools) {
    main.camera = null;
    await new Promise((done) => setTimeout(done, AWAY_MS));
    main.camera = "";
    await painted(main, tools);
  },
  async hide(main, _number, tools) {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    await new Promise((done) => setTimeout(done, AWAY_MS));
    Reflect.deleteProperty(document, "hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await painted(main, tools);
  },
  async own_effect(main, number, tools) {
    const running = tools.next(main, "effect", (state) => state.running === "newest");
    main.setEffect(await ownEffect(number));
    await running;
    await painted(main, tools);
    main.setEffect(null);
    await painted(main, tools, 2);
  },
  async track(_main, number, tools) {
    const { processTrack } = await import(/** @type {string} */ ("/dist/pyselfie.js"));
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
    const track = processTrack(stream.getVideoTracks()[0], { ...tools.settings, modelSelection: 1, effect: "blur" });
    const hide = await shown(track, tools);
    track.setOptions({ effect: choose(["fill", "color"], number), background: "#123456" });
    hide();
    track.stop(); // and the camera's
  },
  async capture(main, _number, tools) {
    const stream = main.captureStream(15);
    const [track] = stream.getVideoTracks();
    const hide = await shown(track, tools);
    hide();
    track.stop();
  },
  async ask(main, number, tools) {
    main.setBackdrop(await photo(number));
    main.effect = "picture";
    main.setTrace("live");
    const trace = tools.next(main, "trace");
    const { steps } = await trace;
    await main.getTraced(steps[0].name);
    main.setTrace("off");
    await Promise.all([main.snapshot(), main.getMask()]);
    main.setBackdrop(null);
  },
  async second(_main, number, tools) {
    const other = tools.element({
      src: `/frames/${number % 8}.jpg`,
      effect: choose(EFFECTS, number),
      modelSelection: 1,
    });
    await tools.next(other, "frame");
    other.remove();
  },
  async legacy(_main, number, _tools) {
    const { SelfieSegmentation } = await import(/** @type {string} */ ("/dist/js/mediapipe/index.js"));
    const segmenter = new SelfieSegmentation();
    segmenter.onResults((/** @type {any} */ { image, segmentationMask }) => {
      image.close();
      segmentationMask.close();
    });
    segmenter.setOptions({ modelSelection: number % 2, selfieMode: number % 3 === 0 });
    const image = await photo(number);
    for (let count = 0; count < 3; count++) await segmenter.send({ image });
    image.close();
    await segmenter.close();
  },
  /** In an engine of other settings, whose worker nobody else has: it dies, comes back by itself, and is let go. */
  async worker_death(_main, number, tools) {
    const own = { backend: "wasm", painter: "canvas2d", src: `/frames/${number % 8}.jpg`, modelSelection: 1 };
    const victim = tools.element(own);
    await tools.next(victim, "frame");
    const worker = tools.newestWorker();
    const again = tools.next(victim, "frame", () => tools.newestWorker() !== worker);
    worker.terminate();
    worker.dispatchEvent(new ErrorEvent("error", { message: "killed on purpose", cancelable: true }));
    await again;
    victim.remove();
  },
};
