// Background blur, 3 of 4: along y. The wide sum counts faintly: it fills in where the narrow one finds no background.
// The mean of the whole picture goes behind the last pixel.
override COARSE_WEIGHT: f32;

struct Grid {
  size: vec2u,
  reach: vec2u,
  factor: u32,
}

struct Sums {
  fine: vec4f,
  coarse: vec4f,
}

@group(0) @binding(0) var<uniform> grid: Grid;
@group(0) @binding(1) var<storage, read> sums: array<Sums>;
@group(0) @binding(2) var<storage, read> weights: array<vec2f>; // [to, from], fine and coarse
@group(0) @binding(3) var<storage, read_write> blurred: array<vec4f>;

fn picture_mean() -> vec4f {
  var sum = vec4f(0);
  for (var y = 0u; y < grid.size.y; y++) {
    sum += sums[y * (grid.size.x + 1) + grid.size.x].fine;
  }
  return sum / f32(grid.size.y);
}

@compute @workgroup_size(8, 8)
fn blur_down(@builtin(global_invocation_id) id: vec3u) {
  if (id.x == grid.size.x && id.y == 0) {
    blurred[grid.size.x * grid.size.y] = picture_mean();
  }
  if (any(id.xy >= grid.size)) {
    return;
  }
  let first = u32(max(0, i32(id.y) - i32(grid.reach.y)));
  let end = min(grid.size.y, id.y + grid.reach.y + 1);
  var result = Sums(vec4f(0), vec4f(0));
  for (var y = first; y < end; y++) {
    let weight = weights[id.y * grid.size.y + y];
    let row = sums[y * (grid.size.x + 1) + id.x];
    result.fine += weight.x * row.fine;
    result.coarse += weight.y * row.coarse;
  }
  blurred[id.y * grid.size.x + id.x] = result.fine + COARSE_WEIGHT * result.coarse;
}
