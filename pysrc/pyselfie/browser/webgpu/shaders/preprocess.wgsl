// The picture, or a part of it, stretched to the model's size: float32 NHWC, RGB in 0..1. After look and
// picture_external or picture_2d.
override WIDTH: u32;
override HEIGHT: u32;
override CORNER_WARP: bool = false; // MediaPipe-CPU's convention instead of half-pixel centres
override ASIDE: bool = false; // what is looked at besides

@group(0) @binding(0) var<uniform> look: Look;
@group(0) @binding(1) var<storage, read_write> tensor: array<f32>;
@group(0) @binding(2) var<storage, read_write> sample: array<f32>; // of all of the picture, where the model is shown a part

const STEPS = 32u; // OpenCV's warp knows positions in 1/32 pixel

// Not by the sampler, which knows positions in 1/256 pixel only: the model should see the same on every GPU.
fn half_pixel(target_pixel: vec2u, part: vec4f) -> vec3f {
  let size = picture_size();
  let step = part.zw * vec2f(size) / vec2f(f32(WIDTH), f32(HEIGHT));
  let position = part.xy * vec2f(size) + (vec2f(target_pixel) + 0.5) * step - 0.5;
  let place = clamp(position, vec2f(0), vec2f(size - 1));
  let near = vec2u(place);
  let far = min(near + 1, size - 1);
  let share = place - vec2f(near);
  let top = mix(picture_pixel(near).rgb, picture_pixel(vec2u(far.x, near.y)).rgb, share.x);
  let bottom = mix(picture_pixel(vec2u(near.x, far.y)).rgb, picture_pixel(far).rgb, share.x);
  return mix(top, bottom, share.y);
}

fn pixel_or_black(pixel: vec2u) -> vec3f {
  let size = picture_size();
  return select(vec3f(0), picture_pixel(min(pixel, size - 1)).rgb, all(pixel < size));
}

fn corner_warp(target_pixel: vec2u) -> vec3f {
  let target_size = vec2u(WIDTH, HEIGHT);
  let steps = (target_pixel * picture_size() * STEPS * 2 + target_size) / (target_size * 2); // rounded
  let near = steps / STEPS;
  let share = vec2f(steps % STEPS) / f32(STEPS);
  let top = mix(pixel_or_black(near), pixel_or_black(near + vec2u(1, 0)), share.x);
  let bottom = mix(pixel_or_black(near + vec2u(0, 1)), pixel_or_black(near + vec2u(1, 1)), share.x);
  return floor(mix(top, bottom, share.y) * 255 + 0.5) / 255;
}

@compute @workgroup_size(8, 8)
fn preprocess(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH || id.y >= HEIGHT) {
    return;
  }
  let at = (id.y * WIDTH + id.x) * 3;
  var colour: vec3f;
  if (CORNER_WARP) {
    colour = corner_warp(id.xy);
  } else {
    colour = half_pixel(id.xy, select(look.place, look.aside, ASIDE));
  }
  tensor[at] = colour.r;
  tensor[at + 1] = colour.g;
  tensor[at + 2] = colour.b;
  if (any(select(look.place, look.aside, ASIDE).zw != vec2f(1))) { // a glance at a part may be taken: see look_judge
    colour = half_pixel(id.xy, vec4f(0, 0, 1, 1));
    sample[at] = colour.r;
    sample[at + 1] = colour.g;
    sample[at + 2] = colour.b;
  }
}
