// The refined edge: a linear function of the pixel's own colour, fitted by the model's graph, then mixed with the last
// alpha where the picture stands still. After look, alpha
// and a picture.
@group(0) @binding(2) var<storage, read> fit: array<f32>; // four planes of a quarter of the mask's size
@group(0) @binding(3) var<storage, read> still: array<f32>; // weight of the last alpha, at half of the mask's size
@group(0) @binding(4) var<uniform> look: Look;

const LOW = 0.2; // these two become 0 and 1
const HIGH = 0.8;

fn plane(number: u32, at: Corners) -> f32 {
  let i = at.index + number * (WIDTH / 4) * (HEIGHT / 4);
  return dot(vec4f(fit[i.x], fit[i.y], fit[i.z], fit[i.w]), at.share);
}

fn in_part(place: vec2f) -> vec2f {
  return (place - look.place.xy) / look.place.zw;
}

fn is_believed(place: vec2f) -> bool {
  let inside = place - look.believed.xy;
  return all(inside >= vec2f(0)) && all(inside < look.believed.zw);
}

fn fitted(place: vec2f) -> f32 {
  let at = corners(in_part(place), vec2u(WIDTH, HEIGHT) / 4);
  let slope = vec3f(plane(0, at), plane(1, at), plane(2, at));
  return checked((dot(slope, picture_at(place).rgb) + plane(3, at) - LOW) / (HIGH - LOW));
}

fn weight_of_last(place: vec2f) -> f32 {
  let size = vec2u(WIDTH, HEIGHT) / 2;
  let pixel = min(vec2u(in_part(place) * vec2f(size)), size - 1);
  return checked(still[pixel.y * size.x + pixel.x]);
}

@fragment
fn alpha_fit(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let place = pixel.xy * now.scale;
  if (!is_believed(place)) {
    return vec4f(0);
  }
  let a = fitted(place);
  if (now.has_last == 0) {
    return vec4f(a);
  }
  let last = textureLoad(last_alpha, vec2u(pixel.xy), 0).r;
  return vec4f(mix(a, last, weight_of_last(place)));
}
