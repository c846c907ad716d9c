// Before a frame: the part follows the person, whom the last mask has told of. After look_rules.
//
// Nothing tells the CPU of somebody who leaves the part, so there is no other look at that frame: the close-up's own box
// counts, but on the sides that are settled no further than was believed.
var<workgroup> is_closely: bool;

@compute @workgroup_size(THREADS)
fn look_next(@builtin(local_invocation_index) thread: u32) {
  if (thread == 0) {
    is_closely = look.has_mask > 0 && look.part.z > 0 && all(look.part == look.shown);
  }
  let follows = workgroupUniformLoad(&is_closely);
  var own = NOTHING;
  if (follows) { // nobody is measured where nobody is small
    own = person_box(thread, MASK, PERSON_FROM, everywhere());
  }
  if (thread > 0) {
    return;
  }
  look.wait -= min(look.wait, 1);
  if (follows) {
    look.age += 1;
    follow(own);
  }
  let rectangle = select(vec4f(0, 0, now.size), look.part, look.part.z > 0);
  let is_other = any(rectangle != look.shown) || look.is_elsewhere > 0;
  smoothing = select(now.smoothing, 0, is_other);
  look.is_elsewhere = 0;
  look.takes = 0;
  look.has_mask = 1;
  show(rectangle);
}

fn follow(own: vec4f) {
  if (own.z == 0) {
    give_up();
    return;
  }
  let part = look.part;
  let seen = in_frame(own, part);
  if ((sides_near(seen, part, NEAR) & ~look.settled) == 0) {
    return;
  }
  let believed = ends(place_of(look.counts));
  let limits = on_sides(look.settled, believed, vec4f(0, 0, 1, 1));
  let limited = vec4f(max(ends(seen).xy, limits.xy), min(ends(seen).zw, limits.zw));
  let box = rectangle(limited);
  let growth = part_share(box) / place_of(part).w;
  look.part = part_around(box, LEAVE);
  if (look.part.z == 0 || (look.age < RESTLESS && growth > GROWTH)) {
    give_up();
    return;
  }
  look.age = 0;
  settle(look.settled, rectangle(believed));
}
