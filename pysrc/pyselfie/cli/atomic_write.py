"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pyselfie.cli.errors import FileError, why

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write to; moved to `target` at the end, removed if anything goes wrong.

    Raises
    ------
    FileError
        When the system refuses to write: one sentence; what was at `target` before is still there.
    """
    part = target.with_name(f".pyselfie-{secrets.token_hex(4)}.part{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())  # else a power cut could leave the name without the content
        part.replace(target)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {why(error)}") from error
    finally:
        with suppress(OSError):  # there may be none, or not even a folder
            part.unlink()
