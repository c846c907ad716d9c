// The person's edge, 2 of 2, from the mask alone: mean colours of person and background in windows of 12 mask pixels.
// After edge.
const FLOOR = 0.01; // the plain mean stands in where a window has nothing of one of them

@compute @workgroup_size(8, 8)
fn edge_means(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH / 4 || id.y >= HEIGHT / 4) {
    return;
  }
  let near = around(id.xy);
  let plain = FLOOR * near.colour;
  textureStore(person, id.xy, vec4f((near.person + plain) / (near.share + FLOOR), lit(near.mask)));
  textureStore(outside, id.xy, vec4f((near.colour + plain - near.person) / (1 + FLOOR - near.share), 1));
}
