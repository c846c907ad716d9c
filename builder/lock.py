"""One build at a time in a checkout: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from builder.report import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_S = 0.2

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def build_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` exclusively; wait, and say so once, while another build holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        waiting = False
        while True:
            try:
                _try_lock(file)
                break
            except OSError:
                if not waiting:
                    say("waiting for another build in this checkout to end ...")
                waiting = True
                time.sleep(_POLL_S)
        yield
