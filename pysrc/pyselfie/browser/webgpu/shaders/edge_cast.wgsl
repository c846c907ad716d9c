// The colour that the frame is multiplied by, so that the person's mean colour moves towards the backdrop's.
// After edge_cell.
const THREADS = 64u;
const LUMA = vec3f(0.299, 0.587, 0.114);

override LEAST: f32; // gain of a channel, before the option's share of it is taken
override MOST: f32;

@group(0) @binding(0) var<storage, read> cells: array<Cell>;
@group(0) @binding(1) var light: texture_2d<f32>;
@group(0) @binding(2) var<uniform> strength: f32;
@group(0) @binding(3) var<storage, read_write> multiplier: vec4f;

var<workgroup> person: array<vec3f, THREADS>;
var<workgroup> behind: array<vec3f, THREADS>;

@compute @workgroup_size(THREADS)
fn edge_cast(@builtin(local_invocation_index) thread: u32) {
  let size = textureDimensions(light);
  for (var at = thread; at < size.x * size.y; at += THREADS) {
    person[thread] += cells[at].colour * cells[at].mask;
    behind[thread] += textureLoad(light, vec2u(at % size.x, at / size.x), 0).rgb;
  }
  workgroupBarrier();
  if (thread == 0) {
    multiplier = vec4f(gains(), 1);
  }
}

fn gains() -> vec3f {
  var mine = vec3f(0);
  var other = vec3f(0);
  for (var thread = 0u; thread < THREADS; thread++) {
    mine += person[thread];
    other += behind[thread];
  }
  if (!(dot(mine, LUMA) > 0) || !(dot(other, LUMA) > 0)) { // nothing of one of them, or black: that has no colour
    return vec3f(1);
  }
  let ratio = (other / dot(other, LUMA)) / max(mine / dot(mine, LUMA), vec3f(1e-3));
  let wanted = mix(vec3f(1), clamp(ratio, vec3f(LEAST), vec3f(MOST)), strength);
  return wanted / max(wanted.r, max(wanted.g, wanted.b));
}
