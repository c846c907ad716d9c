import { SelfieSegmentation } from "pyselfie/selfie_segmentation";

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");

const segmenter = new SelfieSegmentation({
  locateFile: (path) => new URL(`pyselfie/${path}`, document.baseURI).href, // where copy-pyselfie.js puts it
});
segmenter.setOptions({ modelSelection: 0 });
segmenter.onResults(({ image, segmentationMask }) => {
  Object.assign(canvas, { width: image.width, height: image.height });
  context.drawImage(segmentationMask, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = "#00FF00";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "destination-atop";
  context.drawImage(image, 0, 0);
});

document.querySelector("input").addEventListener("change", async ({ target }) => {
  if (!target.files.length) return;
  const image = await createImageBitmap(target.files[0]);
  await segmenter.send({ image });
  image.close();
  document.title = "done";
});
