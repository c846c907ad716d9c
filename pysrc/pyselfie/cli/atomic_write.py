"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pyselfie.cli.errors import FileError, why
from pyselfie.cli.remote import RemotePath, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyselfie.cli.files import Place


@contextmanager
def atomic_write(target: Place) -> Iterator[Path]:
    """Yield a path to write to; moved to `target` at the end, removed if anything goes wrong.

    It lies beside `target`; where that is a URL, in a temporary folder.

    Raises
    ------
    FileError
        When the system refuses to write: one sentence; what was at `target` before is still there.
    """
    if isinstance(target, RemotePath):
        with _uploaded(target) as part:
            yield part
        return
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


@contextmanager
def _uploaded(target: RemotePath) -> Iterator[Path]:
    try:
        with TemporaryDirectory(prefix="pyselfie-") as folder:
            part = Path(folder, f"result{target.suffix}")
            yield part
            target.write(part)
    except OSError as error:
        raise FileError(f"{target} cannot be written: {reason(error)}") from error
