// A layer that is a picture. After scene, and picture_external or picture_2d.
@fragment
fn frame(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  return picture_at(placed(pixel, scene.person));
}

@fragment
fn backdrop(@builtin(position) pixel: vec4f) -> @location(0) vec4f {
  return picture_at(placed(pixel, scene.upright));
}
