// What all overlays share: the mask, the numbers that say how an overlay follows it, and where the overlay goes. Before
// overlay_ramp or overlay_blurred.
override WIDTH: u32;
override HEIGHT: u32;

struct Ramp { // straight RGBA in 0..1: base + slope * mask
  base: vec4f,
  slope: vec4f,
}

@group(0) @binding(0) var<storage, read> mask: array<f32>;
@group(0) @binding(1) var<uniform> ramp: Ramp;
@group(0) @binding(2) var overlay: texture_storage_2d<rgba16float, write>;

fn ramp_at(pixel: vec2u) -> vec4f {
  return ramp.base + ramp.slope * (round(mask[pixel.y * WIDTH + pixel.x] * 255) / 255);
}

fn put(pixel: vec2u, colour: vec3f, alpha: f32) { // premultiplied
  textureStore(overlay, pixel, vec4f(colour * alpha, alpha));
}
