"""Who does the jobs, as the loop sees it, and the one who does them in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pyselfie.cli.batch.workshop import Workshop

if TYPE_CHECKING:
    import argparse
    from types import TracebackType
    from typing import Self

    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.batch.workshop import Outcome
    from pyselfie.cli.progress import Progress

    Finished = list[tuple[int, Outcome]]


class Executor(Protocol):
    """Takes jobs, each with a number, and gives what became of them, in the order in which they end.

    Entering it gets the workers ready, and raises what is wrong with the command as a whole; leaving it leaves none.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def has_room(self) -> bool:
        """Whether another job can be taken now."""

    @property
    def is_busy(self) -> bool:
        """Whether any job has been taken and not been given back."""

    def begin(self, number: int, job: Job) -> None:
        """Take a job; there has to be room."""

    def collect(self) -> Finished:
        """Wait, but no longer than a second or so where others work, and return what has ended since the last call."""

    def stop(self) -> Finished:
        """End all work at once, and return what has ended before; no result may be written after that."""


class Here:
    """Does one job at a time in this process; see `Executor`."""

    def __init__(self, options: argparse.Namespace, progress: Progress) -> None:
        self._options, self._progress = options, progress
        self._waiting: list[tuple[int, Job]] = []

    def __enter__(self) -> Here:
        self._workshop = Workshop(self._options)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workshop.close()

    @property
    def has_room(self) -> bool:
        return not self._waiting

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting)

    def begin(self, number: int, job: Job) -> None:
        self._waiting.append((number, job))

    def collect(self) -> Finished:
        number, job = self._waiting.pop()
        return [(number, self._workshop.do(job, self._progress))]

    def stop(self) -> Finished:
        self._waiting.clear()
        return []
