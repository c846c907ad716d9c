"""What runs the calls and the files in the page, and notes what became of each."""

SETUP = """
async ([base, html]) => {
  const api = await import(`${base}pyselfie.js`);
  const { SelfieSegmentation } = await import(`${base}js/mediapipe/index.js`);
  const { openFile } = await import(`${base}js/sources/files.js`);
  const { Sources } = await import(`${base}js/sources/sources.js`);
  document.body.innerHTML = html;
  const element = document.getElementById("s");
  const told = [];
  element.addEventListener("error", ({ detail }) => told.push(detail.message));
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const pen = canvas.getContext("2d");
  setInterval(() => { pen.fillStyle = `hsl(${Math.random() * 360} 50% 50%)`; pen.fillRect(0, 0, 64, 48); }, 100);
  const fresh = () => canvas.captureStream(10).getVideoTracks()[0];
  const audio = new AudioContext();
  const frames = []; // closed at the end, whoever has not taken them
  const frame = () => {
    frames.push(new VideoFrame(canvas, { timestamp: 0 }));
    return frames.at(-1);
  };
  const closed = (closable) => { closable.close(); return closable; };
  const ended = (track) => { track.stop(); return track; };
  const things = {
    undefined: () => undefined, nan: () => NaN, infinity: () => Infinity, "-infinity": () => -Infinity, "-0": () => -0,
    symbol: () => Symbol("s"), bigint: () => 5n, function: () => () => {}, date: () => new Date(NaN),
    throws: () => ({ get effect() { throw new Error("mine"); }, get image() { throw new Error("mine"); },
      get signal() { throw new Error("mine"); }, toString() { throw new Error("mine"); } }),
    revoked: () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; },
    cyclic: () => { const one = []; one.push(one); return one; },
    bitmap: () => createImageBitmap(canvas), "closed-bitmap": async () => closed(await createImageBitmap(canvas)),
    blob: () => new Blob(["x"]), canvas: () => canvas, "empty-canvas": () => document.createElement("canvas"),
    "image-data": () => new ImageData(8, 8), frame, "closed-frame": () => closed(frame()),
    track: fresh, "ended-track": () => ended(fresh()),
    sound: () => audio.createMediaStreamDestination().stream.getAudioTracks()[0], element: () => element,
    window: () => window, map: () => new Map([[1, 2]]), buffer: () => new ArrayBuffer(8),
    bare: () => Object.create(null), promise: () => Promise.resolve(1), url: () => new URL("missing.jpg", base),
    long: () => "x".repeat(1e6), video: () => document.createElement("video"), image: () => new Image(),
  };
  const made = async (value) => {
    if (Array.isArray(value)) return { kept: (await Promise.all(value.map(made))).map(({ kept }) => kept) };
    if (typeof value !== "object" || value === null) return { kept: value };
    if ("$" in value) {
      const thing = things[value.$]();
      return { kept: value.$ === "bitmap" || value.$ === "closed-bitmap" ? await thing : thing };
    }
    const kept = {};
    for (const [name, one] of Object.entries(value)) {
      const value = (await made(one)).kept;
      Object.defineProperty(kept, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return { kept };
  };
  let outcome = [];
  const sources = new Sources(element);
  for (const type of ["failed", "fault"]) {
    sources.addEventListener(type, ({ detail }) => outcome.push(`${type}: ${detail.sentence}`));
  }
  sources.addEventListener("opened", ({ detail: { source } }) => outcome.push(`opened: ${source.notice ?? ""}`));
  const pending = new Set();
  const state = { track: null, legacy: new SelfieSegmentation({ locateFile: (name) => `${base}${name}` }), seen: 0 };
  const newTrack = () => {
    state.track = api.processTrack(fresh(), { modelSelection: 0 });
    state.track.addEventListener("error", ({ detail }) => told.push(detail.message));
  };
  newTrack();
  const frameOfWidget = document.getElementById("w");
  addEventListener("message", ({ source, data }) => {
    if (source === frameOfWidget.contentWindow && data?.type === "error") told.push(data.message);
  });
  const page = {
    processTrack: (...given) => { const track = api.processTrack(...given); setTimeout(() => track.stop(), 500); },
    preload: (...given) => api.preload(...given), support: (...given) => api.support(...given),
    newLegacy: (...given) => new SelfieSegmentation(...given).close(),
    newElement: () => {
      const one = document.createElement("selfie-segmentation");
      document.body.append(one);
      one.remove();
    },
  };
  const run = ({ on, way, name }, given) => {
    if (way === "message") {
      try { frameOfWidget.contentWindow.postMessage(given[0], "*"); } catch { /* it cannot be sent at all */ }
      return undefined;
    }
    const target = { element, page, ...state }[on];
    if (way === "call") return target[name](...given);
    if (way === "set") target[name] = given[0];
    else if (way === "attribute") element.setAttribute(name, given[0]);
    else if (way === "remove") element.removeAttribute(name);
    else document.body.append(element);
    return undefined;
  };
  const sentence = (error) => error instanceof Error || error instanceof DOMException
    ? `${error.name}: ${error.message}` : `no error: ${typeof error}`;
  const fuzz = {
    async calls(list) {
      const said = [];
      for (const call of list) {
        const given = [];
        for (const one of call.with) given.push((await made(one)).kept);
        try {
          const answer = run(call, given);
          if (answer instanceof Promise) {
            const later = answer.then(() => {}, (error) => void said.push([call.number, sentence(error)]));
            pending.add(call);
            void later.then(() => pending.delete(call));
            await Promise.race([later, new Promise((go) => setTimeout(go, 200))]);
          }
        } catch (error) {
          said.push([call.number, sentence(error)]);
        }
        if (call.number % 10 === 9) await new Promise((go) => setTimeout(go));
      }
      return { said, told: told.splice(0) };
    },
    async end() {
      for (const stop of [() => state.track.stop(), () => state.legacy.close(), () => element.stop()]) {
        try { await stop(); } catch (error) { setTimeout(() => { throw error; }); }
      }
      for (let turn = 0; pending.size > 0 && turn < 600; turn++) await new Promise((go) => setTimeout(go, 100));
      for (const one of frames) one.close();
      return [...pending].map(({ number }) => number);
    },
    async reset(src) {
      for (const { name } of [...element.attributes]) if (name !== "id") element.removeAttribute(name);
      if (!element.isConnected) document.body.append(element);
      element.setEffect(null);
      element.setTrace("off");
      const painted = new Promise((go) => element.addEventListener("frame", go, { once: true }));
      Object.assign(element, { modelSelection: 0, effect: "mask", src });
      await element.start();
      await painted;
      for (let turn = 0; turn < 20; turn++) await new Promise((go) => setTimeout(go, 50));
      const bytes = new Uint8Array(await (await element.snapshot()).arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    },
    async files(list) {
      const outcomes = [];
      for (const { name, type, data } of list) {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        outcome = [];
        const opening = sources.open(name, (signal) => openFile(new File([bytes], name, { type }), signal));
        let timer;
        const hang = new Promise((go) => { timer = setTimeout(go, 60_000, "hang"); });
        if ((await Promise.race([opening, hang])) === "hang") outcome.push("hang");
        clearTimeout(timer);
        await new Promise((go) => setTimeout(go, 10)); // the picture is on its way to the engine
        outcomes.push(outcome);
      }
      sources.close();
      return outcomes;
    },
  };
  Object.assign(window, { fuzz });
}
"""
