"""The figures as tables, for a terminal and for docs/performance.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.quality.measure import Row

_COLUMNS = {
    "iou": ("IoU", 1, 4),
    "boundary_f": ("boundary F", 1, 3),
    "holes": ("holes x1e3", 1e3, 1),
    "mad": ("MAD x1e3", 1e3, 1),
    "dtssd": ("dtSSD x1e2", 1e2, 2),
    "moving_error": ("moving x1e3", 1e3, 0),
    "flicker": ("flicker x1e3", 1e3, 2),
    "band_error": ("band error", 1, 2),
    "band_psnr": ("band PSNR, dB", 1, 1),
}


def render(rows: Sequence[Row]) -> str:
    """Return a table for each source, in Markdown."""
    sources = dict.fromkeys(row["source"] for row in rows)
    return "\n\n".join(_table([row for row in rows if row["source"] == source]) for source in sources)


def _table(rows: Sequence[Row]) -> str:
    shown = [name for name in _COLUMNS if any(row["scores"].get(name) is not None for row in rows)]
    count = rows[0]["pictures"]
    what = f"{rows[0]['source']} ({count} {'frames' if rows[0]['kind'] == 'clips' else 'pictures'})"
    head = [what, "masks", *(_COLUMNS[name][0] for name in shown)]
    return markdown_table(head, [[row["model"], row["recipe"], *(_cell(row, name) for name in shown)] for row in rows])


def _cell(row: Row, name: str) -> str:
    value = row["scores"].get(name)
    _, by, digits = _COLUMNS[name]
    return "" if value is None else f"{value * by:.{digits}f}"
