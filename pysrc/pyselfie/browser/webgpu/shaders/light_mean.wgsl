// Light of the backdrop, 2 of 2: means of 5x5.
@group(0) @binding(0) var blocks: texture_2d<f32>;
@group(0) @binding(1) var light: texture_storage_2d<rgba16float, write>;

@compute @workgroup_size(8, 8)
fn light_mean(@builtin(global_invocation_id) id: vec3u) {
  let last = vec2i(textureDimensions(light)) - 1;
  if (any(vec2i(id.xy) > last)) {
    return;
  }
  var sum = vec3f(0);
  for (var at = 0; at < 25; at++) {
    sum += textureLoad(blocks, clamp(vec2i(id.xy) + vec2i(at % 5, at / 5) - 2, vec2i(0), last), 0).rgb;
  }
  textureStore(light, id.xy, vec4f(sum / 25, 1));
}
