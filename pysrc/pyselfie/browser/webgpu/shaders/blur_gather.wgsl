// Background blur, 1 of 4: the frame on a grid of 1/factor of the mask's size, each pixel with the weight that it is
// background (see pyselfie.core.blur, whose arithmetic all four follow). After look.
override WIDTH: u32;
override HEIGHT: u32;
override PERSON_FROM: f32;

struct Grid {
  size: vec2u,
  reach: vec2u,
  factor: u32,
}

@group(0) @binding(0) var<storage, read> tensor: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<uniform> grid: Grid;
@group(0) @binding(3) var<storage, read_write> planes: array<vec4f>;
@group(0) @binding(4) var<storage, read> sample: array<f32>; // of all of the picture, where the model is shown a part
@group(0) @binding(5) var<uniform> look: Look;

fn colour_at(at: u32, is_whole: bool) -> vec3f {
  if (is_whole) {
    return vec3f(tensor[at * 3], tensor[at * 3 + 1], tensor[at * 3 + 2]);
  }
  return vec3f(sample[at * 3], sample[at * 3 + 1], sample[at * 3 + 2]);
}

fn mask_at(x: u32, y: u32) -> f32 { // where the model is shown a part: at the pixel's middle
  let size = vec2f(f32(WIDTH), f32(HEIGHT));
  let place = (vec2f(f32(x), f32(y)) + 0.5) / size;
  let inside = place - look.believed.xy;
  let at = vec2u(clamp((place - look.place.xy) / look.place.zw, vec2f(0), vec2f(0.9999)) * size);
  return select(0, mask[at.y * WIDTH + at.x], all(inside >= vec2f(0)) && all(inside < look.believed.zw));
}

@compute @workgroup_size(8, 8)
fn blur_gather(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= grid.size)) {
    return;
  }
  let is_whole = all(look.place.zw == vec2f(1));
  var sum = vec4f(0);
  for (var y = id.y * grid.factor; y < (id.y + 1) * grid.factor; y++) {
    for (var x = id.x * grid.factor; x < (id.x + 1) * grid.factor; x++) {
      let at = y * WIDTH + x;
      var level = mask[at];
      if (!is_whole) {
        level = mask_at(x, y);
      }
      sum += vec4f(colour_at(at, is_whole), 1) * max(0, 1 - level / PERSON_FROM);
    }
  }
  planes[id.y * grid.size.x + id.x] = sum / f32(grid.factor * grid.factor);
}
