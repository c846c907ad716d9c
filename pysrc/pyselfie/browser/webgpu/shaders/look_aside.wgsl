// After a frame, now and then: what else of it is looked at. After look_rules.
@compute @workgroup_size(THREADS)
fn look_aside(@builtin(local_invocation_index) thread: u32) {
  let sure = person_box(thread, RAW, PERSON_FROM, everywhere());
  let box = person_box(thread, RAW, GUESS_FROM, near(sure));
  if (thread > 0) {
    return;
  }
  let whole = vec4f(0, 0, now.size);
  if (look.part.z > 0) {
    look.tried = whole;
  } else {
    look.tried = select(NOTHING, part_around(box, SMALL), look.wait == 0);
  }
  look.aside = place_of(select(whole, look.tried, look.tried.z > 0));
  smoothing = 0;
}

// Far from somebody whom the network is sure of guesses don't count.
fn near(sure: vec4f) -> vec4u {
  if (sure.z == 0) {
    return everywhere();
  }
  let reach = max(sure.z, sure.w) / 2;
  let size = vec2f(f32(WIDTH), f32(HEIGHT));
  return vec4u(vec2u(max(vec2f(0), (sure.xy - reach) * size)), vec2u(ceil((sure.xy + sure.zw + reach) * size)));
}
