// Background blur, 2 of 4: along x. Each pixel becomes a weighted sum of its row, once narrow and once wide. The
// column after the last one gets the row's mean.
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
@group(0) @binding(1) var<storage, read> planes: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<vec2f>; // [to, from], fine and coarse
@group(0) @binding(3) var<storage, read_write> sums: array<Sums>;

fn row_mean(row: u32) -> vec4f {
  var sum = vec4f(0);
  for (var x = 0u; x < grid.size.x; x++) {
    sum += planes[row + x];
  }
  return sum / f32(grid.size.x);
}

@compute @workgroup_size(8, 8)
fn blur_across(@builtin(global_invocation_id) id: vec3u) {
  if (id.x > grid.size.x || id.y >= grid.size.y) {
    return;
  }
  let row = id.y * grid.size.x;
  var result = Sums(vec4f(0), vec4f(0));
  if (id.x == grid.size.x) {
    result.fine = row_mean(row);
  } else {
    let first = u32(max(0, i32(id.x) - i32(grid.reach.x)));
    let end = min(grid.size.x, id.x + grid.reach.x + 1);
    for (var x = first; x < end; x++) {
      let weight = weights[id.x * grid.size.x + x];
      result.fine += weight.x * planes[row + x];
      result.coarse += weight.y * planes[row + x];
    }
  }
  sums[id.y * (grid.size.x + 1) + id.x] = result;
}
