// What a user's overlay is made from: all of the picture at the model's size, a byte for each colour. After look.
override WIDTH: u32;
override HEIGHT: u32;

@group(0) @binding(0) var<uniform> look: Look;
@group(0) @binding(1) var<storage, read> tensor: array<f32>;
@group(0) @binding(2) var<storage, read> sample: array<f32>; // of all of the picture, where the model is shown a part
@group(0) @binding(3) var<storage, read_write> colours: array<u32>; // RGBA

@compute @workgroup_size(8, 8)
fn seen(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH || id.y >= HEIGHT) {
    return;
  }
  let at = id.y * WIDTH + id.x;
  var colour = vec3f(tensor[at * 3], tensor[at * 3 + 1], tensor[at * 3 + 2]);
  if (any(look.place.zw != vec2f(1))) {
    colour = vec3f(sample[at * 3], sample[at * 3 + 1], sample[at * 3 + 2]);
  }
  colours[at] = pack4x8unorm(vec4f(colour, 1));
}
