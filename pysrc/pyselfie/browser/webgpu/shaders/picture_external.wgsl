// A frame that the browser lends without a copy: sampling it converts its colours to sRGB and turns it upright.
@group(1) @binding(0) var picture: texture_external;
@group(1) @binding(1) var bilinear: sampler;

fn picture_at(place: vec2f) -> vec4f {
  return textureSampleBaseClampToEdge(picture, bilinear, place);
}

fn picture_pixel(pixel: vec2u) -> vec4f {
  return textureLoad(picture, pixel);
}

fn picture_size() -> vec2u {
  return textureDimensions(picture);
}
