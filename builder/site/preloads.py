"""Which scripts a page will load: what its module imports, and what those import, for `modulepreload`."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_STATIC_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.{1,2}/[^"]+)";', re.MULTILINE)


def preloads(root: Path, entry: str) -> list[str]:
    """Return every module that `entry` imports statically, itself left out, as paths relative to `root`, sorted."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        importer = waiting.pop()
        for target in _STATIC_IMPORT.findall((root / importer).read_text(encoding="utf-8")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(importer), target))
            if path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(found)
