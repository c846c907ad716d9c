"""What a browser's processes hold, as Linux tells it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Held(NamedTuple):
    """Of all processes together."""

    resident_bytes: int
    files: int
    processes: int


def held_by(root: int, proc: Path = PROC) -> Held:
    """Return what process `root` and all that it has started hold now; memory that two share counts twice."""
    held = [_of(proc / str(process)) for process in family(root, proc)]
    found = [one for one in held if one is not None]
    return Held(sum(memory for memory, _ in found), sum(files for _, files in found), len(found))


def family(root: int, proc: Path = PROC) -> set[int]:
    """Return `root` and all processes that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in proc.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                children.setdefault(_parent((folder / "stat").read_text(errors="replace")), []).append(int(folder.name))
    found: set[int] = set()
    waiting = [root]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += children.get(process, [])
    return found


def _parent(stat: str) -> int:
    return int(stat.rpartition(")")[2].split()[1])  # the name before may have blanks and brackets, and any bytes


def _of(folder: Path) -> tuple[int, int] | None:
    try:
        resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return resident, sum(1 for _ in (folder / "fd").iterdir())
    except OSError:
        return None
