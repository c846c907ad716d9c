// The person's edge, 1 of 2: means of blocks of 4x4 mask pixels (see pyselfie.core.edge, whose
// arithmetic all follow). After edge_cell.
override WIDTH: u32; // of the mask
override HEIGHT: u32;

@group(0) @binding(0) var<storage, read> tensor: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> cells: array<Cell>;

fn add_block(cell: ptr<function, Cell>, corner: vec2u) { // of 2x2 pixels, a quarter of the cell
  var colour = vec3f(0);
  var level = 0.0;
  for (var pixel = 0u; pixel < 4; pixel++) {
    let at = (corner.y + (pixel >> 1)) * WIDTH + corner.x + (pixel & 1);
    colour += vec3f(tensor[at * 3], tensor[at * 3 + 1], tensor[at * 3 + 2]) / 4;
    level += mask[at] / 4;
  }
  let share = clamp(5 * level - 2, 0, 1); // what is half and half belongs to neither
  (*cell).colour += colour / 4;
  (*cell).mask += level / 4;
  (*cell).person += colour * share / 4;
  (*cell).share += share / 4;
}

@compute @workgroup_size(8, 8)
fn edge_cells(@builtin(global_invocation_id) id: vec3u) {
  let size = vec2u(WIDTH, HEIGHT) / 4;
  if (any(id.xy >= size)) {
    return;
  }
  var cell = Cell();
  for (var block = 0u; block < 4; block++) {
    add_block(&cell, id.xy * 4 + vec2u(block & 1, block >> 1) * 2);
  }
  cells[id.y * size.x + id.x] = cell;
}
