// What the model has been shown, and is shown next; pyselfie.browser.webgpu.looks keeps it. Places are parts of 0..1,
// rectangles are in the frame's pixels: both are x, y, width, height.
struct Look {
  place: vec4f, // what the model's buffers are of
  believed: vec4f, // where in it the mask counts
  aside: vec4f, // place of the glance
  shown: vec4f, // rectangle of `place`
  part: vec4f, // rectangle to be shown next; no width: the whole frame
  counts: vec4f, // where in `part` its mask is to be believed
  tried: vec4f, // rectangle of the glance; no width: it is for nothing
  wait: u32, // frames until the next close-up may begin
  age: u32, // of the part, in frames
  settled: u32, // sides of the part by which nobody leaves
  has_mask: u32,
  is_elsewhere: u32, // the model's state is of another part than its buffers
  takes: u32, // what the glance gave is the frame's
}
