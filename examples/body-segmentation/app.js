// TensorFlow's body segmentation with its runtime "mediapipe": it makes a SelfieSegmentation of its own and never learns
// that this one is pyselfie's.
const { bodySegmentation } = globalThis;
const image = document.querySelector("img");
const canvas = document.querySelector("canvas");
await image.decode();

const segmenter = await bodySegmentation.createSegmenter(bodySegmentation.SupportedModels.MediaPipeSelfieSegmentation, {
  runtime: "mediapipe",
  modelType: "general",
});
const people = await segmenter.segmentPeople(image);
const dimmed = await bodySegmentation.toBinaryMask(people, { r: 0, g: 0, b: 0, a: 0 }, { r: 0, g: 0, b: 0, a: 255 });
await bodySegmentation.drawMask(canvas, image, dimmed, 0.7);
document.title = `${people.length} segmentation, label ${people[0].maskValueToLabel(255)}`;
