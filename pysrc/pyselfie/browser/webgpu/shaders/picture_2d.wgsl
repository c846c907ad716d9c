// An ordinary texture: a photo, the overlay, the backdrop. The same functions as for a frame that the browser lends.
@group(1) @binding(0) var picture: texture_2d<f32>;
@group(1) @binding(1) var bilinear: sampler;

fn picture_at(place: vec2f) -> vec4f {
  return textureSampleBaseClampToEdge(picture, bilinear, place);
}

fn picture_pixel(pixel: vec2u) -> vec4f {
  return textureLoad(picture, pixel, 0);
}

fn picture_size() -> vec2u {
  return textureDimensions(picture);
}
