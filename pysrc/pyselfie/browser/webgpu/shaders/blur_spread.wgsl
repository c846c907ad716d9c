// Background blur, 4 of 4: sums become colours, at the mask's size.
override GAP_WEIGHT: f32; // how much the mean counts
override NEUTRAL_GREY: f32; // where there is no background at all; 0..1

struct Grid {
  size: vec2u,
  reach: vec2u,
  factor: u32,
}

@group(0) @binding(0) var<uniform> grid: Grid;
@group(0) @binding(1) var<storage, read> blurred: array<vec4f>;
@group(0) @binding(2) var colours: texture_storage_2d<rgba16float, write>;

fn gap_filling() -> vec4f {
  let mean = blurred[grid.size.x * grid.size.y];
  if (mean.w <= 0) {
    return vec4f(vec3f(NEUTRAL_GREY), 1) * GAP_WEIGHT;
  }
  return vec4f(mean.rgb / mean.w, 1) * GAP_WEIGHT;
}

fn colour_at(pixel: vec2u, filling: vec4f) -> vec3f {
  let sum = blurred[pixel.y * grid.size.x + pixel.x] + filling;
  return sum.rgb / sum.w;
}

@compute @workgroup_size(8, 8)
fn blur_spread(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= textureDimensions(colours))) {
    return;
  }
  let filling = gap_filling();
  let place = max(vec2f(0), (vec2f(id.xy) + 0.5) / f32(grid.factor) - 0.5);
  let near = vec2u(place);
  let far = min(near + 1, grid.size - 1);
  let share = place - vec2f(near);
  let top = mix(colour_at(near, filling), colour_at(vec2u(far.x, near.y), filling), share.x);
  let bottom = mix(colour_at(vec2u(near.x, far.y), filling), colour_at(far, filling), share.x);
  textureStore(colours, id.xy, vec4f(mix(top, bottom, share.y), 1));
}
