// The mask as it is, scaled up. After alpha.
@group(0) @binding(2) var<storage, read> mask: array<f32>;

@fragment
fn alpha_mask(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  let near = corners(pixel.xy * now.scale, vec2u(WIDTH, HEIGHT));
  let i = near.index;
  return vec4f(checked(dot(vec4f(mask[i.x], mask[i.y], mask[i.z], mask[i.w]), near.share)));
}
