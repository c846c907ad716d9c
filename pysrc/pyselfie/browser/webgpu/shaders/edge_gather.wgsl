// The person's edge, 2 of 2, where the model's graph has found the mean colours. After edge.
@group(0) @binding(3) var<storage, read> person_planes: array<f32>;
@group(0) @binding(4) var<storage, read> outside_planes: array<f32>;

@compute @workgroup_size(8, 8)
fn edge_gather(@builtin(global_invocation_id) id: vec3u) {
  let size = vec2u(WIDTH, HEIGHT) / 4;
  if (any(id.xy >= size)) {
    return;
  }
  let red = id.y * size.x + id.x;
  let green = red + size.x * size.y;
  let blue = green + size.x * size.y;
  let colour = vec3f(person_planes[red], person_planes[green], person_planes[blue]);
  textureStore(person, id.xy, vec4f(colour, lit(around(id.xy).mask)));
  textureStore(outside, id.xy, vec4f(outside_planes[red], outside_planes[green], outside_planes[blue], 1));
}
