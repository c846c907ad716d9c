"""The loop over the files: it hands out the jobs, and counts, records and tells what became of each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyselfie.cli.batch.results import Result
from pyselfie.cli.batch.workshop import Outcome
from pyselfie.cli.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyselfie.cli.batch.executor import Executor
    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.batch.record import Record
    from pyselfie.cli.batch.results import Summary
    from pyselfie.cli.progress import Progress


class Loop:
    """Has the jobs done and notes what became of them, whoever does them.

    Parameters
    ----------
    executor
        Who does them.
    progress
        Where it is shown, and what is wrong is told.
    summary
        Gets the results, in the order of the jobs.
    """

    def __init__(self, executor: Executor, progress: Progress, summary: Summary) -> None:
        self._executor, self._progress, self._summary = executor, progress, summary
        self._open: dict[int, Job] = {}
        self._results: dict[int, Result] = {}
        self._record: Record | None = None

    @property
    def has_lost(self) -> bool:
        """Whether jobs were begun and given up."""
        return bool(self._open)

    def work(self, jobs: Iterable[Job | None]) -> None:
        """Do all jobs; Ctrl-C ends the list, and what is not whole by then does not exist.

        Parameters
        ----------
        jobs
            None among them stands for a pause: what has been begun goes on.
        """
        begin = time.monotonic()
        try:
            self._do(jobs)
        except KeyboardInterrupt:
            self._summary.interrupted = True
            self._note_all(self._executor.stop())
        finally:
            self._summary.files = [self._results[number] for number in sorted(self._results)]
            self._save()
        self._summary.seconds = round(time.monotonic() - begin, 3)

    def _do(self, jobs: Iterable[Job | None]) -> None:
        for number, job in enumerate(jobs):
            if job is None:
                if self._executor.is_busy:
                    self._note_all(self._executor.collect())
                continue
            if job.skip or job.problem:
                self._note(number, job, Outcome("skipped" if job.skip else "failed", error=job.problem))
                continue
            while not self._executor.has_room:
                self._note_all(self._executor.collect())
            self._open[number] = job
            self._executor.begin(number, job)
        while self._executor.is_busy:
            self._note_all(self._executor.collect())

    def _note_all(self, finished: list[tuple[int, Outcome]]) -> None:
        for number, outcome in finished:
            job = self._open.pop(number)
            if job.record is not None and outcome.made:
                self._record = job.record
                try:
                    job.record.note(job.source, outcome.read, job.target, outcome.made, whole=not outcome.error)
                except FileError as error:
                    outcome.status, outcome.error = "incomplete", str(error)
            self._note(number, job, outcome)
            self._progress.end()

    def _save(self) -> None:
        if self._record is not None:
            try:
                self._record.save()
            except FileError as error:
                self._progress.say(str(error))
                self._summary.files.append(Result("", str(self._record), "failed", error=str(error)))

    def _note(self, number: int, job: Job, outcome: Outcome) -> None:
        self._results[number] = Result(
            str(job.source), str(job.target), outcome.status, outcome.pictures, outcome.seconds, outcome.error
        )
        if outcome.error:
            self._progress.say(outcome.error)
