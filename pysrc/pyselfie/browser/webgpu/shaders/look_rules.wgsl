// Which part of a film's frames the model is shown: the rules and names of pyselfie.core.close_up. One workgroup; all of
// its threads come to all measures of the masks, the first one decides. After look.
override WIDTH: u32; // of the masks
override HEIGHT: u32;
override SMALL: f32;
override LEAVE: f32;
override MARGIN: f32;
override LEAST: f32;
override NEAR: f32;
override LOOSE: f32;
override LARGEST: f32;
override RESTLESS: u32;
override GROWTH: f32;
override PERSON_FROM: f32;
override GUESS_FROM: f32;
override SURE: f32;
override PAUSE: u32;

struct Now {
  size: vec2f, // of the frame, in pixels
  smoothing: f32,
}

@group(0) @binding(0) var<uniform> now: Now;
@group(0) @binding(1) var<storage, read_write> look: Look;
@group(0) @binding(2) var<storage, read_write> smoothing: f32; // the model's setting: 0 is a reset
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read> raw: array<f32>; // the network's own
@group(0) @binding(5) var<storage, read> glance: array<f32>; // the network's own, of what was looked at besides

const MASK = 0u;
const RAW = 1u;
const GLANCE = 2u;

const LEFT = 1u;
const TOP = 2u;
const RIGHT = 4u;
const BOTTOM = 8u;

const THREADS = 256u;
const NOTHING = vec4f(0);

var<workgroup> low: array<atomic<u32>, 2>;
var<workgroup> high: array<atomic<u32>, 2>;

fn everywhere() -> vec4u {
  return vec4u(0, 0, WIDTH, HEIGHT);
}

fn level(source: u32, at: u32) -> f32 {
  switch (source) {
    case MASK: {
      return mask[at];
    }
    case RAW: {
      return raw[at];
    }
    default: {
      return glance[at];
    }
  }
}

fn is_in(area: vec4u, at: u32) -> bool { // left, top, right, bottom
  let pixel = vec2u(at % WIDTH, at / WIDTH);
  return all(pixel >= area.xy) && all(pixel < area.zw);
}

// The smallest place with all pixels of an area from this level on; no width: there are none.
fn person_box(thread: u32, source: u32, from_level: f32, area: vec4u) -> vec4f {
  if (thread < 2) {
    atomicStore(&low[thread], WIDTH + HEIGHT);
    atomicStore(&high[thread], 0);
  }
  workgroupBarrier();
  var first = vec2u(WIDTH + HEIGHT);
  var end = vec2u(0);
  for (var at = thread; at < WIDTH * HEIGHT; at += THREADS) {
    if (level(source, at) >= from_level && is_in(area, at)) {
      let pixel = vec2u(at % WIDTH, at / WIDTH);
      first = min(first, pixel);
      end = max(end, pixel + 1);
    }
  }
  atomicMin(&low[0], first.x);
  atomicMin(&low[1], first.y);
  atomicMax(&high[0], end.x);
  atomicMax(&high[1], end.y);
  workgroupBarrier();
  first = vec2u(atomicLoad(&low[0]), atomicLoad(&low[1]));
  end = vec2u(atomicLoad(&high[0]), atomicLoad(&high[1]));
  workgroupBarrier();
  let size = vec2f(f32(WIDTH), f32(HEIGHT));
  return select(vec4f(vec2f(first) / size, vec2f(end - first) / size), NOTHING, end.x == 0);
}

fn part_share(box: vec4f) -> f32 {
  return max(LEAST, max(box.z, box.w) * (1 + 2 * MARGIN));
}

fn part_around(box: vec4f, limit: f32) -> vec4f {
  let share = part_share(box);
  if (box.z <= 0 || box.w <= 0 || box.w >= limit || share >= 1) {
    return NOTHING;
  }
  let start = clamp(box.xy + box.zw / 2 - share / 2, vec2f(0), vec2f(1 - share));
  let size = max(vec2f(1), round(share * now.size));
  let part = vec4f(min(round(start * now.size), now.size - size), size);
  return select(part, NOTHING, size.y > LARGEST * now.size.y);
}

fn place_of(rectangle: vec4f) -> vec4f {
  return rectangle / vec4f(now.size, now.size);
}

fn in_frame(box: vec4f, part: vec4f) -> vec4f {
  let place = place_of(part);
  return vec4f(place.xy + box.xy * place.zw, box.zw * place.zw);
}

fn sides_near(box: vec4f, part: vec4f, inset: f32) -> u32 {
  let place = place_of(part);
  let first = place.xy + inset * place.zw;
  let end = place.xy + (1 - inset) * place.zw;
  let left = select(0u, LEFT, part.x > 0 && box.x <= first.x);
  let top = select(0u, TOP, part.y > 0 && box.y <= first.y);
  let right = select(0u, RIGHT, part.x + part.z < now.size.x && box.x + box.z >= end.x);
  let bottom = select(0u, BOTTOM, part.y + part.w < now.size.y && box.y + box.w >= end.y);
  return left | top | right | bottom;
}

fn ends(rectangle: vec4f) -> vec4f { // left, top, right, bottom
  return vec4f(rectangle.xy, rectangle.xy + rectangle.zw);
}

fn rectangle(ends: vec4f) -> vec4f {
  return vec4f(ends.xy, max(vec2f(0), ends.zw - ends.xy));
}

// `inner` on these sides, `outer` on the others; both by their ends.
fn on_sides(sides: u32, inner: vec4f, outer: vec4f) -> vec4f {
  return select(outer, inner, (vec4u(sides) & vec4u(LEFT, TOP, RIGHT, BOTTOM)) != vec4u(0));
}

fn settle(sides: u32, box: vec4f) {
  look.settled = sides;
  let whole = round(ends(box) * vec4f(now.size, now.size));
  look.counts = rectangle(on_sides(sides, whole, ends(look.part)));
}

fn give_up() {
  look.part = NOTHING;
  look.counts = NOTHING;
  look.wait = PAUSE;
}

fn show(rectangle: vec4f) {
  look.shown = rectangle;
  look.place = place_of(rectangle);
  look.believed = select(look.place, place_of(look.counts), look.part.z > 0);
}
