"""Content hashes: what a step read, and whether it has already been done for exactly that."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from builder.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

_SKIPPED_FOLDERS = {"__pycache__"}


def sha256_of(source: Path | bytes) -> str:
    """SHA-256 of a file's content or of bytes, as 64 hexadecimal digits."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_under(folder: Path) -> list[Path]:
    """Every file below `folder`, sorted, without Python's own caches."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not _SKIPPED_FOLDERS.intersection(path.parts)
    )


def fingerprint(*parts: Path | str) -> str:
    """One hash for everything a step depends on.

    Parameters
    ----------
    *parts
        A file (its content counts), a folder (the names and contents of all files below), or a string.
        A path that does not exist counts as absent, which differs from empty.
    """
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            whole.update(f"text {sha256_of(part.encode())}\n".encode())
        elif part.is_dir():
            for path in files_under(part):
                whole.update(f"{path.relative_to(part).as_posix()} {sha256_of(path)}\n".encode())
            whole.update(b"folder\n")
        else:
            whole.update(f"file {sha256_of(part) if part.exists() else 'absent'}\n".encode())
    return whole.hexdigest()


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def is_fresh(stamp: Path, value: str) -> bool:
    """Tell whether the step that owns `stamp` was completed for inputs that hash to `value`."""
    try:
        return stamp.read_text(encoding="utf-8").strip() == value
    except (OSError, UnicodeDecodeError):
        return False


def expect_sha256(what: str, source: Path | bytes, expected: str, remedy: str) -> None:
    """Stop the build unless `source` hashes to `expected`.

    Raises
    ------
    BuildError
        With both values, and `remedy`: what the reader can do about it.
    """
    actual = sha256_of(source)
    if actual != expected:
        raise BuildError(f"{what} has SHA-256 {actual}, but {expected} was expected: {remedy}")
