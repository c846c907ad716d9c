// What the person's edge is painted with, on a quarter of the mask's size. After edge_cell; before edge_means or edge_gather.
override WIDTH: u32; // of the mask
override HEIGHT: u32;

@group(0) @binding(0) var<storage, read> cells: array<Cell>;
@group(0) @binding(1) var person: texture_storage_2d<rgba16float, write>; // and where light of the backdrop falls
@group(0) @binding(2) var outside: texture_storage_2d<rgba16float, write>;

fn around(at: vec2u) -> Cell { // means of the 3x3 cells, or of as many as there are
  let size = vec2u(WIDTH, HEIGHT) / 4;
  let first = max(at, vec2u(1)) - 1;
  let end = min(at + 2, size);
  var sum = Cell();
  for (var y = first.y; y < end.y; y++) {
    for (var x = first.x; x < end.x; x++) {
      let cell = cells[y * size.x + x];
      sum.colour += cell.colour;
      sum.mask += cell.mask;
      sum.person += cell.person;
      sum.share += cell.share;
    }
  }
  let count = f32((end.x - first.x) * (end.y - first.y));
  return Cell(sum.colour / count, sum.mask / count, sum.person / count, sum.share / count);
}

fn lit(mask: f32) -> f32 {
  return clamp(2 * (1 - mask), 0, 1);
}
