// The layers that follow the person, premultiplied. After look and scene.
@group(0) @binding(8) var<uniform> look: Look;

fn sampled(table: texture_2d<f32>, at: vec2f) -> vec4f {
  return textureSampleLevel(table, smoothly, at, 0);
}

fn ramp(a: f32) -> vec4f {
  return scene.base + scene.slope * a;
}

fn in_part(at: vec2f) -> vec2f { // the edge's colours are those of what the model was shown
  return (at - look.place.xy) / look.place.zw;
}

// C of pyselfie.core.edge: what the frame's share of the old background is exchanged for.
fn edge_colour(at: vec2f, a: f32) -> vec3f {
  let near = sampled(person, in_part(at)).rgb;
  return clamp(near + a * (near - sampled(outside, in_part(at)).rgb), vec3f(0), vec3f(1));
}

@fragment
fn overlay_ramp(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let colour = ramp(sampled(alpha, placed(pixel, scene.person)).r);
  return vec4f(colour.rgb * colour.a, colour.a);
}

@fragment
fn overlay_blurred(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let at = placed(pixel, scene.person);
  let opacity = ramp(sampled(alpha, at).r).a;
  return vec4f(sampled(blurred, at).rgb * opacity, opacity);
}

// The edge and the blurred background over it, as one layer: a (aI + (1-a) C) + (1-a) N.
@fragment
fn overlay_folded(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let at = placed(pixel, scene.person);
  let a = sampled(alpha, at).r;
  return vec4f((1 - a) * (a * edge_colour(at, a) + sampled(blurred, at).rgb), 1 - a * a);
}

@fragment
fn edge(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let at = placed(pixel, scene.person);
  let a = sampled(alpha, at).r;
  let colours = scene.edge * (1 - a);
  let lit = scene.wrap * a * sampled(person, in_part(at)).a;
  let lights = sampled(light, placed(pixel, scene.upright)).rgb;
  return vec4f((1 - lit) * colours * edge_colour(at, a) + lit * lights, 1 - (1 - lit) * (1 - colours));
}

@fragment
fn cast_colour() -> @location(0) vec4f {
  return multiplier;
}
