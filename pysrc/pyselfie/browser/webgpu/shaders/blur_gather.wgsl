// Background blur, 1 of 4: the frame on a grid of 1/factor of the mask's size, each pixel with the weight that it is
// background (see pyselfie.core.blur, whose arithmetic all four follow).
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

@compute @workgroup_size(8, 8)
fn blur_gather(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= grid.size)) {
    return;
  }
  var sum = vec4f(0);
  for (var y = id.y * grid.factor; y < (id.y + 1) * grid.factor; y++) {
    for (var x = id.x * grid.factor; x < (id.x + 1) * grid.factor; x++) {
      let at = y * WIDTH + x;
      let colour = vec3f(tensor[at * 3], tensor[at * 3 + 1], tensor[at * 3 + 2]);
      sum += vec4f(colour, 1) * max(0, 1 - mask[at] / PERSON_FROM);
    }
  }
  planes[id.y * grid.size.x + id.x] = sum / f32(grid.factor * grid.factor);
}
