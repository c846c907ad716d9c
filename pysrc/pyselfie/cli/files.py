"""What lies at a path, whatever its name: `pathlib` raises where no file can be, as a name is too long."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyselfie.cli.remote import RemotePath

if TYPE_CHECKING:
    from pathlib import PurePath

    Place = Path | RemotePath


def is_folder(path: Place) -> bool:
    """Tell whether a folder lies there."""
    return path.is_folder() if isinstance(path, RemotePath) else stat.S_ISDIR(mode_of(path))


def mode_of(path: Path) -> int:
    """Return what kind of file lies there and its permissions; 0 if there is none, or none can have such a name."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # the latter where a name has what no name can
        return 0


def stamp(path: Place) -> tuple[Any, ...]:
    """Return the size in bytes and the time in nanoseconds of the file that lies there, or whatever tells its version.

    Raises
    ------
    OSError
        When there is none.
    """
    if isinstance(path, RemotePath):
        return path.stamp()
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def identity(path: Place) -> str:
    """Return the one name of a file that may have several."""
    return str(path) if isinstance(path, RemotePath) else os.path.realpath(path)


def is_there(path: Place) -> bool:
    """Tell whether anything lies there."""
    return path.exists() if isinstance(path, RemotePath) else bool(mode_of(path))


def is_same(one: Place, other: Place) -> bool:
    """Tell whether both are the same file.

    Raises
    ------
    OSError
        When that cannot be known, and not because there is none.
    """
    if isinstance(one, RemotePath) or isinstance(other, RemotePath):
        return one == other
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False


def is_below(path: Place, folder: Place) -> bool:
    """Tell whether a file or a folder lies in a folder, or is it."""
    if isinstance(path, RemotePath) or isinstance(folder, RemotePath):
        return f"{str(path).rstrip('/')}/".startswith(f"{str(folder).rstrip('/')}/")
    return path.resolve().is_relative_to(folder.resolve())


def relative(path: Place, folder: Place) -> PurePath:
    """Return where a file lies in its folder."""
    return path.relative_to(folder) if isinstance(path, RemotePath) else path.relative_to(str(folder))


def found(path: Place) -> list[Place]:
    """Return what an input stands for: a pattern in a URL for what it finds; the shell has done that for paths."""
    return [*path.found()] if isinstance(path, RemotePath) else [path]


def files_below(folder: Place) -> list[Place]:
    """Return all files of a folder and of those in it, in order."""
    if isinstance(folder, RemotePath):
        return [*folder.below()]
    files = (Path(below, name) for below, _, names in os.walk(folder) for name in names)  # whatever goes meanwhile
    return [*sorted(file for file in files if stat.S_ISREG(mode_of(file)))]
