// A user's overlay, straight colours of the model's size. After scene and picture_2d.
fn premultiplied(pixel: vec2u) -> vec4f { // before it is scaled: it has no rims of hidden colours
  let colour = picture_pixel(pixel);
  return vec4f(colour.rgb * colour.a, colour.a);
}

@fragment
fn user(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let size = picture_size();
  let place = clamp(placed(pixel, scene.person) * vec2f(size) - 0.5, vec2f(0), vec2f(size - 1));
  let near = vec2u(place);
  let far = min(near + 1, size - 1);
  let share = place - vec2f(near);
  let top = mix(premultiplied(near), premultiplied(vec2u(far.x, near.y)), share.x);
  let bottom = mix(premultiplied(vec2u(near.x, far.y)), premultiplied(far), share.x);
  return mix(top, bottom, share.y);
}
