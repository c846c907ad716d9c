"""The built-in backdrops: drawn once per version of the code that draws them."""

from __future__ import annotations

import importlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from builder.paths import CACHE, REQUIREMENTS
from builder.report import step
from builder.stamps import files_under, fingerprint, is_fresh, write_atomically

DRAWN = CACHE / "backdrops"
_STAMP = CACHE / "backdrops.stamp"
_DRAWERS = sorted(Path(__file__).parent.glob("backdrop*.py"))


def ensure_backdrops() -> list[Path]:
    """Draw the backdrops, unless that has been done by this very code, and return their files."""
    if not (Path(__file__).parent / "backdrops.py").exists():
        return []
    wanted = fingerprint(REQUIREMENTS, *_DRAWERS)
    if not is_fresh(_STAMP, wanted) or not DRAWN.is_dir():
        _draw()
        write_atomically(_STAMP, wanted)
    return files_under(DRAWN)


def _draw() -> None:
    with step("Drawing the backdrops"), tempfile.TemporaryDirectory(dir=CACHE, prefix="backdrops-") as folder:
        drawing = Path(folder) / "new"
        drawing.mkdir()
        importlib.import_module("builder.backdrops").draw_all(drawing)
        shutil.rmtree(DRAWN, ignore_errors=True)
        drawing.rename(DRAWN)


def backdrop_list() -> list[dict[str, Any]]:
    """Return the entries of backdrops.json, for the page's template."""
    if not (DRAWN / "backdrops.json").exists():
        return []
    entries: list[dict[str, Any]] = json.loads((DRAWN / "backdrops.json").read_text(encoding="utf-8"))
    return entries
