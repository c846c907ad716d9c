"""``--watch``: the files of a folder as they come, each when it has been written to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyselfie.cli.batch.plan import expanded, plan, record_of
from pyselfie.cli.console import complain
from pyselfie.cli.errors import UsageError
from pyselfie.cli.files import is_below, is_folder, stamp
from pyselfie.cli.remote import RemotePath, place

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.files import Place

    Stamp = tuple[Any, ...]

_LOOK_S = 1.0
_REST_S = 2.0  # how long a file has to stay as it is: whoever copies it does not pause for so long


class Watch:
    """The jobs of a folder, without an end; None where there is nothing to begin at the moment.

    Parameters
    ----------
    options
        The command line, whose only input is the folder.
    check
        Called at every look: the place where work may be stopped.

    Attributes
    ----------
    is_waiting
        Whether all that has been found has been handed out.

    Raises
    ------
    UsageError
        When there is no such folder, or it is the one for the results, too.
    """

    def __init__(self, options: argparse.Namespace, check: Callable[[], None]) -> None:
        self._options, self._check = options, check
        self._folder, self._output = options.inputs[0], place(options.output)
        if isinstance(self._folder, RemotePath) or not is_folder(self._folder):
            raise UsageError(f"--watch needs a folder of this computer, and {self._folder} is none")
        if is_below(self._output, self._folder) and is_below(self._folder, self._output):
            raise UsageError(f"{self._folder} is watched, so the results have to go elsewhere: give another --output")
        plan(options)  # what is wrong with it is wrong now
        self._record = record_of(options, self._output)
        self.is_waiting = False
        self._taken: dict[Place, Stamp] = {}
        self._seen: dict[Place, tuple[Stamp, float]] = {}  # and since when it has been like that

    def __iter__(self) -> Iterator[Job | None]:
        if not self._options.quiet:
            complain(f"{self._folder} is watched: Ctrl-C ends it")
        self._look(time.monotonic())
        self._forgive_the_past()
        while True:
            new = self._rested(time.monotonic())
            if new:
                self.is_waiting = False
                self._taken.update(new)
                yield from (job for job in plan(self._options, self._record) if job.source in new)
            self.is_waiting = True
            yield None
            time.sleep(_LOOK_S)
            self._check()
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        """Note what lies in the folder, and since when it has been as it is."""
        found = {}
        for file, _ in expanded([self._folder], self._output):
            try:
                current = stamp(file)
            except OSError:  # it has gone again
                continue
            before, since = self._seen.get(file, (None, now))
            found[file] = (current, since if before == current else now)
        self._seen = found

    def _forgive_the_past(self) -> None:
        """Let files that nobody has written to lately count as rested: they were there before."""
        for file, (current, since) in self._seen.items():
            if time.time() - current[1] / 1e9 > _REST_S:
                self._seen[file] = current, since - _REST_S

    def _rested(self, now: float) -> dict[Place, Stamp]:
        """Return the files that are whole, as far as one can tell, and have not been handed out as they are now."""
        return {
            file: current
            for file, (current, since) in self._seen.items()
            if current[0] and now - since >= _REST_S and self._taken.get(file) != current and not is_folder(file)
        }
