// A veil that depends on the mask alone: base + slope * mask, premultiplied.
override WIDTH: u32;
override HEIGHT: u32;

struct Ramp {
  base: vec4f,
  slope: vec4f,
}

@group(0) @binding(0) var<storage, read> mask: array<f32>;
@group(0) @binding(1) var<uniform> ramp: Ramp;
@group(0) @binding(2) var veil: texture_storage_2d<rgba16float, write>;

@compute @workgroup_size(8, 8)
fn veil_ramp(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH || id.y >= HEIGHT) {
    return;
  }
  let person = round(mask[id.y * WIDTH + id.x] * 255) / 255;
  textureStore(veil, id.xy, ramp.base + ramp.slope * person);
}
