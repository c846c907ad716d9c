// Light of the backdrop, 1 of 2: its means on a quarter of the mask's size. After picture_2d.
@group(0) @binding(0) var blocks: texture_storage_2d<rgba16float, write>;

@compute @workgroup_size(8, 8)
fn light_blocks(@builtin(global_invocation_id) id: vec3u) {
  let size = textureDimensions(blocks);
  if (any(id.xy >= size)) {
    return;
  }
  let first = id.xy * picture_size() / size;
  let end = max((id.xy + 1) * picture_size() / size, first + 1);
  var sum = vec3f(0);
  for (var y = first.y; y < end.y; y++) {
    for (var x = first.x; x < end.x; x++) {
      sum += picture_pixel(vec2u(x, y)).rgb;
    }
  }
  let count = f32((end.x - first.x) * (end.y - first.y));
  textureStore(blocks, id.xy, vec4f(sum / count, 1));
}
