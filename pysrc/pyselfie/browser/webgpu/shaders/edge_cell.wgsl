// A block of 4x4 mask pixels.
struct Cell {
  colour: vec3f,
  mask: f32,
  person: vec3f, // the colours of pixels that are surely the person's, each with its share
  share: f32, // of those pixels
}
