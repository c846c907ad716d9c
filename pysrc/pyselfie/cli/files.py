"""What lies at a path, whatever its name: `pathlib` raises where no file can be, as a name is too long."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_folder(path: Path) -> bool:
    """Tell whether a folder lies there."""
    return stat.S_ISDIR(mode_of(path))


def mode_of(path: Path) -> int:
    """Return what kind of file lies there and its permissions; 0 if there is none, or none can have such a name."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # the latter where a name has what no name can
        return 0


def stamp(path: Path) -> tuple[int, int]:
    """Return the size in bytes and the time in nanoseconds of the file that lies there.

    Raises
    ------
    OSError
        When there is none.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns
