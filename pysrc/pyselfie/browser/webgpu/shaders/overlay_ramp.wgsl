// An overlay that depends on the mask alone. After overlay.
@compute @workgroup_size(8, 8)
fn overlay_ramp(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH || id.y >= HEIGHT) {
    return;
  }
  let colour = ramp_at(id.xy);
  put(id.xy, colour.rgb, colour.a);
}
