// After a glance whose mask is the frame's: a buffer of it becomes the model's. After look.
@group(0) @binding(0) var<uniform> look: Look;
@group(0) @binding(1) var<storage, read> glance: array<f32>;
@group(0) @binding(2) var<storage, read_write> adopted: array<f32>;

@compute @workgroup_size(256)
fn look_adopt(@builtin(global_invocation_id) id: vec3u) {
  if (look.takes > 0 && id.x < arrayLength(&glance)) {
    adopted[id.x] = glance[id.x];
  }
}
