// How much each of the frame's pixels is the person. After cover; before alpha_mask or alpha_fit.
override WIDTH: u32; // of the mask
override HEIGHT: u32;

struct Now {
  scale: vec2f, // from the frame's pixels to 0..1
  has_last: u32, // whether last_alpha is this source's
}

@group(0) @binding(0) var<uniform> now: Now;
@group(0) @binding(1) var last_alpha: texture_2d<f32>;

struct Corners { // the four pixels round a place, and their shares
  index: vec4u,
  share: vec4f,
}

// Not by a sampler, which knows positions in 1/256 pixel only and whose numbers are rounded to half precision.
fn corners(place: vec2f, size: vec2u) -> Corners {
  let position = clamp(place * vec2f(size) - 0.5, vec2f(0), vec2f(size - 1));
  let near = vec2u(position);
  let far = min(near + 1, size - 1);
  let share = position - vec2f(near);
  let rows = vec2u(near.y, far.y) * size.x;
  let across = vec2f(1 - share.x, share.x);
  return Corners(
    vec4u(rows.x + near.x, rows.x + far.x, rows.y + near.x, rows.y + far.x),
    vec4f(across * (1 - share.y), across * share.y),
  );
}

// Numbers of a broken driver must not outlive their frame: with NaN every comparison is false.
fn checked(a: f32) -> f32 {
  return select(0, clamp(a, 0, 1), abs(a) < 1000); // no sound number is this far off
}
