// After a glance: whether a close-up begins, moves or ends. After look_rules.
struct Found {
  count: u32, // pixels of whoever was to be found
  found: u32, // of them, in the close-up
}

@compute @workgroup_size(THREADS)
fn look_judge(@builtin(local_invocation_index) thread: u32) {
  let is_close = look.part.z > 0;
  let whole = select(RAW, GLANCE, is_close);
  let close_up = select(GLANCE, MASK, is_close);
  let part = select(look.tried, look.part, is_close);
  let area = select(everywhere(), pixels(part), is_close);
  let from_level = select(GUESS_FROM, PERSON_FROM, is_close);
  let own = person_box(thread, close_up, PERSON_FROM, everywhere());
  let sure = person_box(thread, whole, PERSON_FROM, everywhere());
  let guess = person_box(thread, whole, GUESS_FROM, area);
  let shown = person_box(thread, MASK, PERSON_FROM, everywhere());
  let same = find(thread, whole, from_level, area, close_up, part);
  let doubts = find(thread, GLANCE, PERSON_FROM, everywhere(), GLANCE, vec4f(0, 0, now.size));
  if (thread > 0) {
    return;
  }
  let is_same = same.count > 0 && 2 * same.found >= same.count;
  if (is_close) {
    compare(own, sure, guess, same.count > 0 && !is_same);
  } else if (look.tried.z > 0 && own.z > 0 && is_same && (shown.z > 0 || is_sure(doubts))) {
    look.part = look.tried;
    look.age = 0;
    settle(sides_near(in_frame(own, look.part), look.part, NEAR), select(guess, sure, sure.z > 0));
    take(look.part);
  }
}

fn take(rectangle: vec4f) {
  look.takes = 1;
  look.is_elsewhere = 1;
  show(rectangle);
}

fn compare(own: vec4f, sure: vec4f, guess: vec4f, is_missed: bool) {
  let part = look.part;
  let near = select(0u, sides_near(in_frame(own, part), part, NEAR), own.z > 0);
  let box = united(sure, guess);
  if (box.z == 0 && own.z > 0 && near == 0) { // there is nobody to be seen from afar
    return;
  }
  let growth = part_share(box) / place_of(part).w;
  let is_restless = look.age < RESTLESS && growth > GROWTH && sure.z == 0;
  let is_loose = near == 0 && growth < LOOSE;
  let leaves = near & sides_near(box, part, 2 * NEAR);
  if (box.z == 0 || own.z == 0 || is_missed || is_restless) {
    give_up();
  } else if (is_loose || (leaves | sides_near(box, part, NEAR)) != 0) {
    follow_whole(box);
  } else {
    settle(near, select(guess, sure, sure.z > 0));
  }
  if (look.part.z == 0) {
    take(vec4f(0, 0, now.size));
  }
}

fn follow_whole(box: vec4f) {
  look.settled = 0;
  look.age = 0;
  look.part = part_around(box, LEAVE);
  look.counts = look.part;
  if (look.part.z == 0) {
    give_up();
  }
}

fn united(one: vec4f, other: vec4f) -> vec4f {
  if (one.z == 0 || other.z == 0) {
    return one + other;
  }
  return rectangle(vec4f(min(one.xy, other.xy), max(ends(one).zw, ends(other).zw)));
}

fn pixels(part: vec4f) -> vec4u { // where it is in a mask of the frame
  let reach = ends(place_of(part)) * vec4f(vec4u(WIDTH, HEIGHT, WIDTH, HEIGHT));
  return vec4u(vec2u(reach.xy), vec2u(ceil(reach.zw)));
}

var<workgroup> counted: atomic<u32>;
var<workgroup> met: atomic<u32>;

// Counts the pixels of one look, and those of them that the close-up of `part` has as well.
fn find(thread: u32, whole: u32, from_level: f32, area: vec4u, close_up: u32, part: vec4f) -> Found {
  if (thread == 0) {
    atomicStore(&counted, 0);
    atomicStore(&met, 0);
  }
  workgroupBarrier();
  var found = Found();
  let size = vec2f(f32(WIDTH), f32(HEIGHT));
  let least = select(PERSON_FROM, SURE, whole == close_up);
  for (var at = thread; at < WIDTH * HEIGHT; at += THREADS) {
    if (level(whole, at) >= from_level && is_in(area, at)) {
      let pixel = (vec2f(f32(at % WIDTH), f32(at / WIDTH)) + 0.5) / size * now.size;
      let there = vec2u(clamp((pixel - part.xy) / part.zw * size, vec2f(0), size - 1));
      found.count += 1;
      found.found += select(0u, 1u, level(close_up, there.y * WIDTH + there.x) >= least);
    }
  }
  atomicAdd(&counted, found.count);
  atomicAdd(&met, found.found);
  workgroupBarrier();
  found = Found(atomicLoad(&counted), atomicLoad(&met));
  workgroupBarrier();
  return found;
}

fn is_sure(doubts: Found) -> bool {
  return f32(doubts.found) >= max(1, SURE * f32(doubts.count));
}
