// One layer of the composite over the whole canvas; the pipeline's blending is the Porter-Duff operator. After
// picture_external or picture_2d.
struct Place { // from canvas pixels to the picture's 0..1
  scale: vec2f,
  offset: vec2f,
}

@group(0) @binding(2) var<uniform> place: Place;

@vertex
fn cover(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1) * 4 - 1, f32(index >> 1) * 4 - 1, 0, 1); // one triangle, larger than the canvas
}

@fragment
fn paint(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  return picture_at(pixel.xy * place.scale + place.offset);
}
