// What the layers of the composite are painted from; the pipeline's blending is the layer's operator. After cover.
struct Place { // from the canvas' pixels to 0..1
  scale: vec2f,
  offset: vec2f,
}

struct Scene {
  person: Place, // mirrored with the frame
  upright: Place,
  base: vec4f, // the overlay's straight RGBA in 0..1 is base + slope * alpha
  slope: vec4f,
  edge: f32, // 1: with the edge's colours, 0: without
  wrap: f32, // how much light of the backdrop falls on the edge
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var smoothly: sampler;
@group(0) @binding(2) var alpha: texture_2d<f32>; // how much each pixel is the person
@group(0) @binding(3) var blurred: texture_2d<f32>; // the background
@group(0) @binding(4) var person: texture_2d<f32>; // mean colours of the person near by, and where light falls
@group(0) @binding(5) var outside: texture_2d<f32>; // mean colours of the old background
@group(0) @binding(6) var light: texture_2d<f32>; // the backdrop, smeared
@group(0) @binding(7) var<uniform> multiplier: vec4f; // of the frame

fn placed(pixel: vec4f, place: Place) -> vec2f {
  return pixel.xy * place.scale + place.offset;
}
